import { randomBytes } from 'node:crypto';
import { type SQL, sql } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import type { Queries } from '../db/pool.ts';
import { auditEvents, auditPersonalData } from '../db/schema.ts';
import type { AuditEvent, CallContext } from './event.ts';
import { commitment, type Leaf, leafMac, leafText } from './leaf.ts';

/** The key that signs the record, and its public name. */
export interface AuditKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/**
 * Writes one event in the caller's transaction and returns its id. It becomes true only when that transaction commits,
 * together with the change it tells of.
 */
export async function recordEvent(
  queries: Queries,
  auditKey: AuditKey,
  context: CallContext,
  now: Date,
  event: AuditEvent,
): Promise<string> {
  const id = newId('evt', now);
  const personal = personalData(context, event);
  const leaf = leafText(toLeaf(id, context, now, event, personal));
  const mac = leafMac(auditKey.key, leaf);
  // One statement for the event and what it says about people: every event is on the way of somebody who waits.
  await queries.execute(sql`
    WITH event AS (
      INSERT INTO ${auditEvents} (id, leaf, mac, key_id) VALUES (${id}, ${leaf}, ${mac}, ${auditKey.id})
    )
    INSERT INTO ${auditPersonalData} (event_id, field, salt, value)
    SELECT ${id}, field, salt, value FROM unnest(
      ${column(personal, 'field')}::text[], ${column(personal, 'salt')}::bytea[], ${column(personal, 'value')}::text[]
    ) AS personal (field, salt, value)`);
  return id;
}

function column(personal: readonly PersonalDatum[], name: keyof PersonalDatum): SQL {
  return sql`${sql.param(personal.map((datum) => datum[name]))}`;
}

interface PersonalDatum {
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
