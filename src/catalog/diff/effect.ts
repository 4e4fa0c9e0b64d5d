/** What a change does to who gets what: more, less, neither, or something that only people can tell. */
export type Effect = 'widens' | 'narrows' | 'neither' | 'unclear';

/** One difference in the terms of an entitlement. */
export interface TermChange {
  /** In words: `grants up to 4h, were up to 1h`. */
  readonly text: string;
  readonly effect: Effect;
}

/** What several changes come to: what widens is never hidden by what narrows. */
export function overall(effects: readonly Effect[]): Effect {
  for (const effect of ['widens', 'unclear', 'narrows'] as const) if (effects.includes(effect)) return effect;
  return 'neither';
}

/** More of it widens. Nothing where it is the same. */
export function byAmount(before: number, after: number, text: string): TermChange[] {
  if (before === after) return [];
  return [{ text, effect: after > before ? 'widens' : 'narrows' }];
}

/** Having it widens. Nothing where it is the same. */
export function byFlag(before: boolean, after: boolean, name: string): TermChange[] {
  if (before === after) return [];
  return [
    { text: `${name} is ${after ? 'allowed' : 'no longer allowed'}`, effect: after ? 'widens' : 'narrows' },
  ];
}
