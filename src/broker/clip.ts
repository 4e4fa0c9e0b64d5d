/** Least that STS gives, in seconds (AWS STS API reference, AssumeRole, DurationSeconds). */
export const stsMinimumSeconds = 900;
/** Most that STS gives to a role that assumes a role (IAM User Guide, "Role chaining"). Daypass runs as a role. */
export const roleChainingSeconds = 3600;

export type LimitName =
  | 'grant_end'
  | 'hours'
  | 'session_length'
  | 'role_chaining'
  | 'role_maximum'
  | 'sts_minimum';

/** One limit on how long a session gives access. Exactly one of a list has `won`: the one that decides when access ends. */
export interface Limit {
  readonly name: LimitName;
  readonly seconds: number;
  readonly won: boolean;
}

export interface ClipInput {
  readonly now: Date;
  readonly grantEndsAt: Date;
  /** When the hours end in which the entitlement may be used; null: it may be at any hour. */
  readonly hoursEndAt: Date | null;
  /** The entitlement's session length, in seconds. */
  readonly sessionSeconds: number;
  /** The role's MaxSessionDuration in AWS, in seconds. */
  readonly roleMaxSeconds: number;
}

export interface Clipped {
  /** DurationSeconds to ask of STS: 900 to 3,600. */
  readonly durationSeconds: number;
  /** How long the session gives access, in whole seconds; less than durationSeconds when the grant's end cuts it off. */
  readonly accessSeconds: number;
  readonly limits: readonly Limit[];
}

/**
 * The lifetime of one session: the shortest limit wins. With less than 900 s of the grant or of its hours left, STS is asked
 * for its minimum and the session policy cuts off where access ends. Null when less than a second is left.
 */
export function clip(input: ClipInput): Clipped | null {
  const { hoursEndAt } = input;
  const left = secondsLeft(input.now, input.grantEndsAt);
  const hours = hoursEndAt === null ? Infinity : secondsLeft(input.now, hoursEndAt);
  if (left < 1 || hours < 1) return null;
  // In this order a tie goes to the limit that people know best.
  const candidates: readonly (readonly [LimitName, number])[] = [
    ['grant_end', left],
    ...(hoursEndAt === null ? [] : [['hours', hours] as const]),
    ['session_length', input.sessionSeconds],
    ['role_chaining', roleChainingSeconds],
    ['role_maximum', input.roleMaxSeconds],
  ];
  const accessSeconds = Math.min(...candidates.map(([, seconds]) => seconds));
  const winner = candidates.find(([, seconds]) => seconds === accessSeconds)?.[0];
  const limits = candidates.map(([name, seconds]) => ({ name, seconds, won: name === winner }));
  return {
    durationSeconds: Math.max(accessSeconds, stsMinimumSeconds),
    accessSeconds,
    limits: [...limits, { name: 'sts_minimum', seconds: stsMinimumSeconds, won: false }],
  };
}

/** When access under a grant ends for now: with it, or with the hours in which it may be used, whichever comes first. */
export function accessEnd(grantEndsAt: Date, hoursEndAt: Date | null): Date {
  return hoursEndAt !== null && hoursEndAt < grantEndsAt ? hoursEndAt : grantEndsAt;
}

/** The instant at which a session policy cuts off: where access ends, down to the whole second that AWS compares with. */
export function cutOff(accessEndsAt: Date): Date {
  return new Date(Math.floor(accessEndsAt.getTime() / 1000) * 1000);
}

function secondsLeft(now: Date, grantEndsAt: Date): number {
  return Math.floor((cutOff(grantEndsAt).getTime() - now.getTime()) / 1000);
}

// STS counts a lifetime from when it receives the call, a little after Daypass decided on it.
const receiptMarginMs = 60_000;

/**
 * After this instant nothing issued under a session can be used on AWS: its policy denies all from where access ends,
 * and it expires `durationSeconds` after STS received the call.
 */
export function lastPossibleUse(issuedAt: Date, durationSeconds: number, accessEndsAt: Date): Date {
  const expired = issuedAt.getTime() + durationSeconds * 1000 + receiptMarginMs;
  return new Date(Math.min(expired, accessEndsAt.getTime()));
}
