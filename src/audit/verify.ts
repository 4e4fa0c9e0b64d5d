import { eq } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { auditEvents, auditPersonalData } from '../db/schema.ts';
import { commitment, type Leaf, leafMacHolds } from './leaf.ts';
import type { AuditKey } from './record.ts';

/**
 * What is wrong with one stored event, in words; an empty list means its MAC holds and every piece of personal data that
 * still exists matches its commitment. Personal data that was erased is no fault.
 */
export async function verifyEvent(queries: Queries, auditKey: AuditKey, eventId: string): Promise<string[]> {
  const [row] = await queries.select().from(auditEvents).where(eq(auditEvents.id, eventId));
  if (row === undefined) return [`event ${eventId} is missing`];
  if (row.keyId !== auditKey.id) return [`event ${eventId} was signed by another key, ${row.keyId}`];
  const faults: string[] = [];
  if (!leafMacHolds(auditKey.key, row.leaf, row.mac)) faults.push(`the MAC of ${eventId} does not hold`);
  const leaf = JSON.parse(row.leaf) as Leaf;
  const words = await queries.select().from(auditPersonalData).where(eq(auditPersonalData.eventId, eventId));
  for (const word of words) {
    if (leaf.personal?.[word.field] !== commitment(word.field, word.salt, word.value)) {
      faults.push(`${word.field} of ${eventId} does not match its commitment`);
    }
  }
  return faults;
}
