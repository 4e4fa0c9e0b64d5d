import type { Site } from './site.ts';

/** What one claim came to. `unclear`: AWS's answer says neither yes nor no, so nothing is shown. */
export type VerdictKind = 'holds' | 'fails' | 'unclear' | 'skipped';

export interface Verdict {
  readonly kind: VerdictKind;
  /** One sentence: what was seen, or why nothing was looked at. */
  readonly seen: string;
  /** Figures by what they are, with their unit in the name: `in force after, seconds`. */
  readonly measured?: Readonly<Record<string, readonly number[]>>;
}

/** Options without which a claim cannot be looked at. */
export type Need =
  | 'bucket'
  | 'tag'
  | 'vpc-endpoint'
  | 'plain-http'
  | 'external-id-role'
  | 'onward-role'
  | 'identity-center'
  | 'portal-profile';

/** Something that Daypass says about AWS, and how a real account shows whether it is so. */
export interface Claim {
  readonly id: string;
  /** One sentence, as true. */
  readonly says: string;
  /** The document of AWS that says so, by title. */
  readonly source: string;
  readonly how: string;
  readonly needs: readonly Need[];
  /** Rejects for what AWS does: that is then unclear. */
  look(site: Site): Promise<Verdict>;
}

export const holds = (seen: string, measured?: Verdict['measured']): Verdict =>
  verdict('holds', seen, measured);
export const fails = (seen: string, measured?: Verdict['measured']): Verdict =>
  verdict('fails', seen, measured);
export const unclear = (seen: string, measured?: Verdict['measured']): Verdict =>
  verdict('unclear', seen, measured);
export const skipped = (seen: string): Verdict => verdict('skipped', seen);

function verdict(kind: VerdictKind, seen: string, measured?: Verdict['measured']): Verdict {
  return { kind, seen, ...(measured === undefined ? {} : { measured }) };
}

/** Of several things that must all be so: what is wrong with each that is not; holds when nothing is. */
export function allHold(good: string, faults: readonly string[], measured?: Verdict['measured']): Verdict {
  return faults.length === 0 ? holds(good, measured) : fails(`${faults.join('; ')}.`, measured);
}
