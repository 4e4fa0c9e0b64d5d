import type { AssumeRoleReply } from '../aws/assume-role.ts';
import { Refusal } from '../refusal.ts';

export interface Meant {
  /** The ARN that STS must say it assumed: account, role and session name. */
  readonly assumedArn: string;
  readonly roleArn: string;
  readonly durationSeconds: number;
  /** When it was decided to ask. */
  readonly askedAt: Date;
}

/** What is recorded of a session once STS has answered, and what the caller is told when it is not credentials. */
export interface Verdict {
  readonly state: 'issued' | 'failed' | 'unknown';
  readonly failure: string | null;
  /** Known as soon as STS named one, whether or not it is handed out. */
  readonly accessKeyId: string | null;
  readonly expiration: Date | null;
  /** AWS said that it issued nothing, so there is nothing to wait out. */
  readonly nothingIssued: boolean;
  readonly refusal: Refusal | null;
}

// Clocks differ; a lifetime that is off by more than this was not the one asked for.
const skewSeconds = 300;

/** Judges the answer of STS against what was meant. What cannot be explained is never handed out. */
export function judgeReply(reply: AssumeRoleReply, meant: Meant): Verdict {
  if (reply.kind === 'fault') return judgeFault(reply.fault.kind, reply.fault.code, meant.roleArn);
  const { accessKeyId, expiration } = reply;
  const named = { accessKeyId, expiration, nothingIssued: false };
  if (reply.assumedArn !== meant.assumedArn) {
    return {
      ...named,
      state: 'failed',
      failure: `STS lent ${reply.assumedArn.slice(0, 300)} instead of ${meant.assumedArn}`,
      refusal: new Refusal(
        'aws_wrong_identity',
        'AWS answered with another role than the one asked for. The credentials were thrown away; tell an operator.',
      ),
    };
  }
  const lifetime = (expiration.getTime() - meant.askedAt.getTime()) / 1000;
  if (lifetime <= 0 || lifetime > meant.durationSeconds + skewSeconds) {
    return {
      ...named,
      state: 'unknown',
      failure: 'STS answered with an expiration that makes no sense',
      refusal: lost(),
    };
  }
  return { ...named, state: 'issued', failure: null, refusal: null };
}

function judgeFault(
  kind: Extract<AssumeRoleReply, { kind: 'fault' }>['fault']['kind'],
  code: string,
  roleArn: string,
): Verdict {
  const nothing = { accessKeyId: null, expiration: null };
  switch (kind) {
    case 'refused':
    case 'conflict':
    case 'not-found':
      return {
        ...nothing,
        state: 'failed',
        failure: code,
        nothingIssued: true,
        refusal: new Refusal(
          'aws_refused',
          `AWS refused to lend ${roleArn} (${code}). Ask an operator to check the role and its trust policy.`,
        ),
      };
    case 'throttled':
    case 'unavailable':
      return {
        ...nothing,
        state: 'failed',
        failure: code,
        nothingIssued: true,
        refusal: new Refusal(
          'aws_unavailable',
          'AWS cannot issue credentials right now. Try again in a moment.',
          {
            retryAfterSeconds: 5,
          },
        ),
      };
    case 'unknown-outcome':
      break;
  }
  return { ...nothing, state: 'unknown', failure: code, nothingIssued: false, refusal: lost() };
}

function lost(): Refusal {
  return new Refusal(
    'aws_unavailable',
    'The answer of AWS was lost, so no credentials were handed out. Try again in a moment.',
    { retryAfterSeconds: 5 },
  );
}
