import { Refusal } from '../refusal.ts';
import type { RequestContent } from './content.ts';
import { minDurationSeconds } from './submission.ts';

/** What an approver takes away: less time, fewer entitlements. */
export interface Narrowing {
  /** Whole seconds, fewer than were asked for. */
  readonly durationSeconds?: number;
  /** The ids that stay, fewer than were asked for. */
  readonly entitlements?: readonly string[];
}

/**
 * What is left of a request: strictly less, and otherwise to the letter the same.
 * @throws Refusal invalid_input for what is not less, or nothing
 */
export function narrowed(
  content: RequestContent,
  { durationSeconds, entitlements }: Narrowing,
): RequestContent {
  const kept = entitlements === undefined ? content.entitlements : keep(content, entitlements);
  const seconds = durationSeconds ?? content.durationSeconds;
  if (!Number.isSafeInteger(seconds) || seconds < minDurationSeconds || seconds > content.durationSeconds) {
    throw new Refusal(
      'invalid_input',
      `narrow.durationSeconds must be a whole number from ${minDurationSeconds} to ${content.durationSeconds}, what was asked for.`,
    );
  }
  if (kept.length === content.entitlements.length && seconds === content.durationSeconds) {
    throw new Refusal('invalid_input', 'narrow takes nothing away: give less time or fewer entitlements.');
  }
  const { skipped, byRule, bundles, ...rest } = content;
  const ids = new Set(kept.map(({ id }) => id));
  const of = <T>(each: Readonly<Record<string, T>> = {}) =>
    Object.fromEntries(Object.entries(each).filter(([id]) => ids.has(id)));
  const [stillSkipped, stillByRule] = [of(skipped), of(byRule)];
  const whole = (bundles ?? []).filter((bundle) => bundle.entitlements.every((id) => ids.has(id)));
  return {
    ...rest,
    entitlements: kept,
    durationSeconds: seconds,
    ...(Object.keys(stillSkipped).length === 0 ? {} : { skipped: stillSkipped }),
    ...(Object.keys(stillByRule).length === 0 ? {} : { byRule: stillByRule }),
    ...(whole.length === 0 ? {} : { bundles: whole }),
  };
}

function keep(content: RequestContent, ids: readonly string[]): RequestContent['entitlements'] {
  const stray = ids.find((id) => !content.entitlements.some((terms) => terms.id === id));
  if (stray !== undefined) {
    throw new Refusal('invalid_input', `narrow.entitlements names ${stray}, which is not asked for.`);
  }
  const kept = content.entitlements.filter(({ id }) => ids.includes(id));
  if (kept.length === 0) {
    throw new Refusal('invalid_input', 'narrow.entitlements keeps nothing: deny the request instead.');
  }
  return kept;
}
