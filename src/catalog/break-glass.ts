import type { Decision } from './evaluate.ts';
import { defaults, ranges } from './limits.ts';
import { meant } from './steps.ts';
import {
  type AssuranceLevel,
  assuranceLevels,
  type BreakGlass,
  type Catalog,
  type Entitlement,
  type FollowUpRule,
  type Subject,
  type Who,
} from './types.ts';

/** What decides who may use it: `prod/admin#breakGlass`. */
export function breakGlassRule(id: string): string {
  return `${id}#breakGlass`;
}

/** May this subject give themselves the entitlement at once? Named people only; a rule that names nobody means nobody. */
export function mayBreakGlass(
  { id, breakGlass }: Pick<Entitlement, 'id' | 'breakGlass'>,
  subject: Subject,
): Decision {
  const rule = breakGlassRule(id);
  const people = breakGlass?.people ?? [];
  if (breakGlass === undefined) return { allowed: false, rule, reason: 'not named: it has no break-glass' };
  if (people.length === 0) return { allowed: false, rule, reason: 'not named: the rule names nobody' };
  if (meant({ people }, subject, null) === null) return { allowed: false, rule, reason: 'not named' };
  return { allowed: true, rule, reason: 'named in it' };
}

/** Who may look at a use of so many seconds ago: those of its escalation too, once that is due. */
export function followUpWho({ by, escalate }: FollowUpRule, secondsSince: number): readonly Who[] {
  return escalate === undefined || secondsSince < escalate.afterSeconds ? [by] : [by, escalate.to];
}

/** What holds for a use by now: as the catalog says, or, where it says nothing of it any more, as it was used. */
export function breakGlassNow(
  used: Pick<Entitlement, 'id' | 'breakGlass'>,
  { entitlements }: Pick<Catalog, 'entitlements'>,
): BreakGlass | undefined {
  return entitlements.get(used.id)?.breakGlass ?? used.breakGlass;
}

/** By which of these a person is meant, in words that follow "you are"; null when by none. */
export function meantByAny(whos: readonly Who[], subject: Subject, manager: string | null): string | null {
  for (const who of whos) {
    const reason = meant(who, subject, manager);
    if (reason !== null) return reason;
  }
  return null;
}

/** Everybody who may look at it sooner or later. */
export function everyFollowUpWho({ followUp }: BreakGlass): readonly Who[] {
  return followUpWho(followUp, Infinity);
}

export function strongest(levels: readonly AssuranceLevel[]): AssuranceLevel {
  return assuranceLevels.findLast((level) => levels.includes(level)) ?? 'phishing-resistant';
}

/** What holds where the file does not say how long: shorter than the entitlement's longest grant, in seconds. */
export function defaultBreakGlassSeconds(longest: number): number {
  if (defaults.breakGlassSeconds < longest) return defaults.breakGlassSeconds;
  return Math.max(ranges.breakGlass.min, Math.floor(longest / 2));
}
