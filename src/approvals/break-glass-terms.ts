import { breakGlassRule } from '../catalog/break-glass.ts';
import { formatDuration } from '../catalog/duration.ts';
import type { Catalog, Entitlement } from '../catalog/types.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Ask } from './content.ts';
import { checkedAsk, minDurationSeconds, type SubmitInput } from './submission.ts';

/** Checks what can be checked of an ask by break-glass without the catalog. Throws Refusal invalid_input. */
export function checkedBreakGlass(input: SubmitInput): Ask {
  const ask = checkedAsk(input);
  const refused = [
    ask.startAt === null ? null : 'It starts at once: leave startAt out.',
    ask.for === null ? null : 'It is for yourself alone: leave for out.',
    ask.extends === null ? null : 'It extends nothing: ask for more time like everybody else.',
  ].find((sentence) => sentence !== null);
  if (refused !== undefined) throw new Refusal('invalid_input', `This is break-glass. ${refused}`);
  return { ...ask, breakGlass: true };
}

/** Short enough, and strongly enough proven for this entitlement? Throws Refusal invalid_input or insufficient_assurance. */
export function requireBreakGlassTerms(
  now: Date,
  catalog: Pick<Catalog, 'version'>,
  caller: Pick<Caller, 'assurance'>,
  ask: Ask,
  { id, account, breakGlass }: Entitlement,
): void {
  if (breakGlass === undefined) throw new Error(`${id} has no break-glass`);
  const { maxDurationSeconds, assurance } = breakGlass;
  if (ask.durationSeconds > maxDurationSeconds) {
    throw new Refusal(
      'invalid_input',
      `${id} can be had by break-glass for ${formatDuration(minDurationSeconds)} to ${formatDuration(maxDurationSeconds)} (${minDurationSeconds} to ${maxDurationSeconds} seconds).`,
      { rule: `${breakGlassRule(id)}.maxDuration` },
    );
  }
  requireAssurance(caller, assurance, now, {
    rule: `${breakGlassRule(id)}.assurance`,
    entitlement: id,
    account: account.id,
    catalogVersion: catalog.version,
  });
}
