import { randomBytes } from 'node:crypto';
import { newId } from '../db/ids.ts';
import type { Statement } from '../db/transaction.ts';
import type { AuditEvent, CallContext } from './event.ts';
import { commitment, type Leaf, leafMac, leafText } from './leaf.ts';

/** The key that signs the record, and its public name. */
export interface AuditKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** An event as it will be written. */
export interface Recorded {
  readonly id: string;
  readonly leaf: string;
  readonly mac: Buffer;
  readonly personal: readonly PersonalDatum[];
}

/** Puts an event into its final form; it becomes true only with the transaction that writes it. */
export function recordEvent(
  auditKey: AuditKey,
  context: CallContext,
  now: Date,
  event: AuditEvent,
): Recorded {
  const id = newId('evt', now);
  const personal = personalData(context, event);
  const leaf = leafText(toLeaf(id, context, now, event, personal));
  return { id, leaf, mac: leafMac(auditKey.key, leaf), personal };
}

/**
 * Writes events and what they say about people: one statement, however many, to be sent with the COMMIT of the change that
 * they tell of.
 */
export function writeEvents(auditKey: AuditKey, events: readonly Recorded[]): Statement {
  const personal = events.flatMap(({ id, personal: data }) => data.map((datum) => ({ id, ...datum })));
  return {
    text: writing,
    values: [
      events.map(({ id }) => id),
      events.map(({ leaf }) => leaf),
      events.map(({ mac }) => mac),
      auditKey.id,
      personal.map(({ id }) => id),
      personal.map(({ field }) => field),
      personal.map(({ salt }) => salt),
      personal.map(({ value }) => value),
    ],
  };
}

const writing = `
WITH event AS (
  INSERT INTO audit_events (id, leaf, mac, key_id)
  SELECT id, leaf, mac, $4 FROM unnest($1::text[], $2::text[], $3::bytea[]) AS event (id, leaf, mac)
)
INSERT INTO audit_personal_data (event_id, field, salt, value)
SELECT * FROM unnest($5::text[], $6::text[], $7::bytea[], $8::text[])`;

export interface PersonalDatum {
  readonly field: string;
  readonly salt: Buffer;
  readonly value: string;
}

function personalData(context: CallContext, event: AuditEvent): PersonalDatum[] {
  const values = { ...event.personal, ...(context.address === null ? {} : { address: context.address }) };
  return Object.entries(values).map(([field, value]) => ({ field, salt: randomBytes(16), value }));
}

function toLeaf(
  id: string,
  context: CallContext,
  now: Date,
  event: AuditEvent,
  personal: readonly PersonalDatum[],
): Leaf {
  const { personal: _apart, ...facts } = event;
  return {
    v: 1,
    id,
    time: now.toISOString(),
    actor: context.actor,
    ...(context.requestId === null ? {} : { requestId: context.requestId }),
    ...facts,
    ...(personal.length === 0
      ? {}
      : {
          personal: Object.fromEntries(personal.map((p) => [p.field, commitment(p.field, p.salt, p.value)])),
        }),
  };
}
