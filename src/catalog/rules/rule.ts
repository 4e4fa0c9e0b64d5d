import type { Static } from 'typebox';
import type { Rules } from './schema-rules.ts';

/** A condition on one entitlement that denies a request for it, or approves it without asking anybody. */
export interface Rule {
  readonly name: string;
  /** CEL; `checkCondition` has found nothing wrong with it. */
  readonly when: string;
  readonly effect: 'deny' | 'approve';
  /** Why, for the people who read the answer. */
  readonly because: string;
}

/** The rules of an entitlement that `checkRules` has found sound, in the order of the file. */
export function rulesOf(file: Static<typeof Rules> | undefined): Rule[] {
  return Object.entries(file ?? {}).map(([name, { deny, approve, because }]) =>
    deny === undefined
      ? { name, when: approve ?? 'false', effect: 'approve', because }
      : { name, when: deny, effect: 'deny', because },
  );
}
