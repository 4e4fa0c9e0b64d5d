import { Type as T } from 'typebox';
import { listAuditEvents } from '../../audit/list.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { AuditEventPage } from './schemas/audit-event.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

const exact = (description: string) => T.Optional(T.String({ minLength: 1, maxLength: 200, description }));
const time = (description: string) =>
  T.Optional(T.String({ format: 'date-time', maxLength: 40, description }));

export const auditFilters = {
  actor: exact('Id of who acted.'),
  subject: exact('Id of the person it happened to.'),
  entitlement: exact('Entitlement id.'),
  account: exact('AWS account id.'),
  request: exact('Request id.'),
  grant: exact('Grant id.'),
  session: exact('Session id.'),
  accessKeyId: exact('AWS access key id.'),
  kind: exact('Such as `session.issued`.'),
  outcome: exact('success, failure, denied or unknown.'),
  from: time('Not before this.'),
  to: time('Before this.'),
};

export function auditRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/audit/events',
    {
      config: { operation: 'listAuditEvents' },
      schema: {
        tags: ['audit'],
        summary: 'The audit log, newest first',
        description: 'For auditors. Reading is itself recorded.',
        querystring: query({ ...auditFilters, ...pageParameters }),
        response: { 200: ref(AuditEventPage) },
      },
    },
    (request) => inTurn(request, (caller) => listAuditEvents(deps.audit, caller, request.query)),
  );
}
