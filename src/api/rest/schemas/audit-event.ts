import { Type as T } from 'typebox';
import { instant, named, nullable, ref } from './ref.ts';

const AuditActor = named(
  'AuditActor',
  T.Object({
    type: T.String({ description: 'person, system or stranger.' }),
    id: nullable('Who.'),
    name: nullable('Their name, unless erased.'),
  }),
);

export const AuditEvent = named(
  'AuditEvent',
  T.Object({
    id: T.String({ description: 'Starts with `evt_`.' }),
    time: instant('When.'),
    kind: T.String({ description: '`object.verb`, such as `session.issued`.' }),
    outcome: T.String({ description: 'success, failure, denied or unknown.' }),
    actor: ref(AuditActor),
    subject: nullable('The person it happened to.'),
    entitlement: nullable('Entitlement id.'),
    account: nullable('AWS account id.'),
    request: nullable('Request id.'),
    grant: nullable('Grant id.'),
    session: nullable('Session id.'),
    accessKeyId: nullable('AWS access key id.'),
    address: nullable('Network address of the caller, unless erased.'),
    requestId: nullable('The id of the call, as in logs.'),
    rule: nullable('The rule that decided.'),
    catalogVersion: nullable('The catalog it is from.'),
    details: T.Object({}, { additionalProperties: true, description: 'Facts that depend on the kind.' }),
  }),
);

export const AuditEventPage = named(
  'AuditEventPage',
  T.Object({
    items: T.Array(ref(AuditEvent)),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const auditComponents = [AuditActor, AuditEvent, AuditEventPage];
