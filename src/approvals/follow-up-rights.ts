import { breakGlassNow, followUpWho, meantByAny } from '../catalog/break-glass.ts';
import type { Decision } from '../catalog/evaluate.ts';
import { whoText } from '../catalog/steps.ts';
import type { Catalog, Entitlement, Subject, Who } from '../catalog/types.ts';

/** What is to be looked at. */
export interface Used {
  /** What was used, on the terms it was used on. */
  readonly terms: Entitlement;
  /** Whose use it was. */
  readonly owedBy: string;
  /** OIDC subject of their manager; null when none is known. */
  readonly manager: string | null;
  readonly usedAt: Date;
}

/** Who may look at it now, by the rules in force: those of the escalation too, once that is due. */
export function lookersNow({ terms, usedAt }: Used, catalog: Catalog, now: Date): readonly Who[] {
  const breakGlass = breakGlassNow(terms, catalog);
  if (breakGlass === undefined) return [];
  return followUpWho(breakGlass.followUp, (now.getTime() - usedAt.getTime()) / 1000);
}

/** The same in words. */
export function lookersText(used: Used, catalog: Catalog, now: Date): string {
  const whos = lookersNow(used, catalog, now);
  return whos.length === 0 ? 'nobody' : whos.map(whoText).join(', or ');
}

/** May this person look at it now? Never whoever used it. */
export function mayLook(used: Used, catalog: Catalog, person: Subject, now: Date): Decision {
  const rule = followUpRule(used.terms.id);
  if (person.personId === '') return { allowed: false, rule, reason: 'nobody is asking' };
  if (person.personId === used.owedBy)
    return { allowed: false, rule, reason: 'who used it: nobody looks at what they did themselves' };
  const reason = meantByAny(lookersNow(used, catalog, now), person, used.manager);
  if (reason !== null) return { allowed: true, rule, reason };
  return { allowed: false, rule, reason: `none of ${lookersText(used, catalog, now)}` };
}

/** What says who looks afterwards: `prod/admin#breakGlass.followUp`. */
export function followUpRule(id: string): string {
  return `${id}#breakGlass.followUp`;
}
