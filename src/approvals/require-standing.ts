import type { Catalog, Subject } from '../catalog/types.ts';
import { Refusal } from '../refusal.ts';

/**
 * Throws Refusal forbidden for whoever is eligible for nothing. Asked before anything is looked up, it gives nothing away: the
 * answer is the same whatever there is.
 */
export function requireStanding({ barred }: Subject, { version }: Pick<Catalog, 'version'>): void {
  if (barred === undefined) return;
  throw new Refusal(
    'forbidden',
    `You may not ask for or approve anything: ${barred.rule} says who may, and you are ${barred.reason}.`,
    { rule: barred.rule, catalogVersion: version },
  );
}
