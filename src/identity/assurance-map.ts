import { type AssuranceLevel, assuranceLevels } from '../catalog/types.ts';
import { atLeast } from './assurance.ts';
import type { Assurance } from './caller.ts';

/** Which acr and amr values of the identity provider prove which assurance. What is not listed proves the minimum. */
export interface AssuranceMap {
  readonly acr: ReadonlyMap<string, AssuranceLevel>;
  readonly amr: ReadonlyMap<string, AssuranceLevel>;
}

/** The claims of an ID token that tell how somebody signed in. Providers leave out any of them, or get them wrong. */
export interface AssuranceClaims {
  readonly acr?: unknown;
  readonly amr?: unknown;
  readonly auth_time?: unknown;
}

const minimum: AssuranceLevel = 'single-factor';
const longAgo = new Date(0);
// How far the provider's clock may be ahead of ours before its times are not believed.
const clockSkewSeconds = 60;

/**
 * Reads ASSURANCE_MAP: JSON, `{ "acr": { "<value>": "<level>" }, "amr": { "<value>": "<level>" } }`, both parts optional.
 * Throws an Error of one sentence that names what is wrong.
 */
export function parseAssuranceMap(text: string): AssuranceMap {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('ASSURANCE_MAP is not JSON');
  }
  if (!isObject(parsed)) throw new Error('ASSURANCE_MAP must be a JSON object with "acr", "amr" or both');
  const unknown = Object.keys(parsed).find((key) => key !== 'acr' && key !== 'amr');
  if (unknown !== undefined) {
    throw new Error(`ASSURANCE_MAP has ${JSON.stringify(unknown)}; it may have "acr" and "amr" only`);
  }
  return { acr: levels('acr', parsed['acr']), amr: levels('amr', parsed['amr']) };
}

function levels(claim: 'acr' | 'amr', part: unknown): ReadonlyMap<string, AssuranceLevel> {
  if (part === undefined) return new Map();
  if (!isObject(part)) throw new Error(`ASSURANCE_MAP: "${claim}" must be an object of values and levels`);
  const map = new Map<string, AssuranceLevel>();
  for (const [value, name] of Object.entries(part)) {
    const level = assuranceLevels.find((known) => known === name);
    const at = `ASSURANCE_MAP: "${claim}" value ${JSON.stringify(value)}`;
    // They travel in acr_values, which is separated by spaces (OpenID Connect Core 3.1.2.1).
    if (!/^[\x21-\x7e]{1,256}$/.test(value)) {
      throw new Error(`${at} must be 1 to 256 ASCII characters without spaces`);
    }
    if (level === undefined) {
      throw new Error(
        `${at} has the level ${JSON.stringify(name)}; levels are ${assuranceLevels.join(', ')}`,
      );
    }
    map.set(value, level);
  }
  return map;
}

/**
 * How strongly and when somebody signed in, by the claims of the ID token: the highest level that any known value proves;
 * absent or unknown values prove the minimum (OWASP ASVS 6.8.4).
 *
 * Without a believable auth_time the sign-in counts as made in 1970: it meets no demand that has an age, even when a max_age
 * was asked for, since nothing shows that the provider heeded it. Providers without auth_time need Daypass's own factor for
 * such demands.
 */
export function assuranceFromClaims(map: AssuranceMap, claims: AssuranceClaims, now: Date): Assurance {
  const proven = [
    ...strings(claims.acr).map((value) => map.acr.get(value)),
    ...strings(claims.amr).map((value) => map.amr.get(value)),
  ];
  let level = minimum;
  for (const candidate of proven) if (candidate !== undefined && atLeast(candidate, level)) level = candidate;
  return { level, authenticatedAt: authenticatedAt(claims.auth_time, now) };
}

function authenticatedAt(authTime: unknown, now: Date): Date {
  if (typeof authTime !== 'number' || !Number.isFinite(authTime) || authTime <= 0) return longAgo;
  const milliseconds = Math.floor(authTime * 1000);
  if (milliseconds > now.getTime() + clockSkewSeconds * 1000) return longAgo;
  return new Date(Math.min(milliseconds, now.getTime()));
}

/**
 * The acr values to ask the provider for when `level` is needed, the weakest that will do first. Empty for the minimum,
 * which every sign-in proves, and where the map knows no value: then only a new sign-in can be asked for.
 */
export function acrValuesFor(map: AssuranceMap, level: AssuranceLevel): string[] {
  if (level === minimum) return [];
  return [...map.acr]
    .filter(([, proven]) => atLeast(proven, level))
    .toSorted(([, a], [, b]) => assuranceLevels.indexOf(a) - assuranceLevels.indexOf(b))
    .map(([value]) => value);
}

function strings(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
