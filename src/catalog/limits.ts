import type { AssuranceDemand } from './types.ts';

/** A range of whole seconds, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const hour = 3600;

/** What the file may say, in seconds. Guardrails can only make it narrower. */
export const ranges = {
  maxDuration: { min: 60, max: 12 * hour },
  // Below 900 STS refuses; above 3 600 role chaining does (AWS, AssumeRole, DurationSeconds).
  sessionDuration: { min: 900, max: hour },
  requestExpires: { min: 60, max: 168 * hour },
  // AWS: MaxSessionDuration of a role and session duration of a permission set are 1 to 12 hours.
  awsSession: { min: hour, max: 12 * hour },
  breakGlass: { min: 60, max: 4 * hour },
  followUp: { min: 60, max: 168 * hour },
  escalate: { min: 60, max: 168 * hour },
  maxAge: { min: 60, max: 720 * hour },
} as const satisfies Record<string, Range>;

/** What holds where the file says nothing, in seconds. */
export const defaults = {
  sessionSeconds: 1800,
  requestExpiresSeconds: 24 * hour,
  awsSessionSeconds: hour,
  approveCount: 1,
  breakGlassSeconds: 1800,
  breakGlassMaxAgeSeconds: 300,
  followUpSeconds: 24 * hour,
} as const;

/**
 * What is demanded where the file says nothing. Asking gives nothing away; approving gives somebody access, so it takes
 * a second factor; so does issuing, and one proven within the last 12 hours: a working day, not last week's sign-in.
 */
export const defaultAssurance = {
  ask: { level: 'single-factor', maxAgeSeconds: null },
  approve: { level: 'multi-factor', maxAgeSeconds: null },
  issue: { level: 'multi-factor', maxAgeSeconds: 12 * hour },
} as const satisfies Record<string, AssuranceDemand>;

export const maxSourceBytes = 5 * 1024 * 1024;
export const maxIdLength = 100;
export const maxDescriptionLength = 500;
/** Those of fleets among them. */
export const maxEntitlements = 20_000;
/** What rule sets and fleets come to when written out, in characters: few lines must not become more than can be checked. */
export const maxExpandedCharacters = 8 * maxSourceBytes;
