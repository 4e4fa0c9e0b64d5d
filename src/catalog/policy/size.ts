import { deflateRawSync } from 'node:zlib';
import { fillChoice } from '../choices.ts';
import type { Choice, Entitlement } from '../types.ts';
import type { OwnNames } from './guards.ts';
import { renderPolicy } from './render.ts';

/**
 * AWS packs a session's policy and tags into "a packed binary format that has a separate limit" and documents neither (AWS
 * STS API reference, AssumeRole, PackedPolicySize). Stood in for by the strongest deflate, a fifth on top of it, and a
 * limit on the low side. Ids do not compress, and texts of ours little: what passes here leaves room.
 */
const packedLimitBytes = 1536;
const margin = 1.2;

export interface PolicySize {
  readonly characters: number;
  /** Estimated share of the packed limit; over 100 is too much. */
  readonly packedPercent: number;
}

/** Size of a session's policy and tags, packed as estimated. */
export function estimatedPercent(policy: string, tags: readonly { key: string; value: string }[]): number {
  const plain = [policy, ...tags.map(({ key, value }) => `${key}\u0000${value}`)].join('\u0000');
  const bytes = Math.min(plain.length, deflateRawSync(plain, { level: 9 }).length) * margin;
  return Math.ceil((bytes * 100) / packedLimitBytes);
}

/**
 * The largest that a session of an entitlement can be: with a choice, the longest value of every parameter.
 * @param choice null: without one
 */
export function worstCase(entitlement: Entitlement, choice: Choice | null, own: OwnNames): PolicySize {
  const picked = choice === null ? null : fillChoice(choice, longestValues(choice));
  const policy = renderPolicy({
    deniedFrom: '2026-11-22T12:34:56Z',
    allowOnward: entitlement.allowOnward,
    allowIamWrite: entitlement.allowIamWrite,
    conditions: entitlement.conditions,
    allow: picked?.allow,
    own,
  });
  return { characters: policy.length, packedPercent: estimatedPercent(policy, longestTags(entitlement.id)) };
}

function longestValues({ parameters }: Choice): Record<string, string> {
  return Object.fromEntries(
    parameters.map(({ name, values, maxLength }, index) => {
      const listed = (values ?? []).toSorted((a, b) => b.length - a.length)[0];
      return [name, listed ?? incompressible(maxLength, index + 1)];
    }),
  );
}

// As many and as long as broker/session-tags.ts makes them.
function longestTags(entitlement: string) {
  const id = (seed: number) => `xxx_${incompressible(26, seed)}`;
  return [
    { key: 'daypass:grant', value: id(11) },
    { key: 'daypass:session', value: id(12) },
    { key: 'daypass:person', value: id(13) },
    { key: 'daypass:entitlement', value: entitlement },
    { key: 'daypass:assurance', value: 'phishing-resistant' },
    { key: 'daypass:code', value: incompressible(8, 14) },
  ];
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** Always the same text for a seed, and hard to pack (a linear congruential generator, Numerical Recipes). */
export function incompressible(length: number, seed: number): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += letters[state >>> 26] ?? '';
  }
  return text;
}
