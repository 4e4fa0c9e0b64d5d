import type { AssuranceLevel } from '../catalog/types.ts';

export interface SessionNames {
  /** At most 64 of `[\w+=,.@-]`. It carries the session's id, by which CloudTrail is searched. */
  readonly roleSessionName: string;
  /** The person's id: nothing personal, and it survives role chaining. */
  readonly sourceIdentity: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
}

export interface SessionNamesInput {
  readonly sessionId: string;
  readonly grantId: string;
  readonly personId: string;
  readonly entitlement: string;
  readonly assurance: AssuranceLevel;
  readonly allowOnward: boolean;
}

/** The name that CloudTrail shows for a session. */
export function roleSessionName(sessionId: string): string {
  return `daypass-${sessionId}`;
}

/**
 * The mark by which the boundary policy denies the sessions of one grant: the last eight characters of its id, so that many
 * fit into one policy. Postgres holds that no two grants share it.
 */
export function grantCode(grantId: string): string {
  return grantId.slice(-8);
}

/** How a session is marked in AWS (AWS STS API reference, AssumeRole: RoleSessionName, SourceIdentity, Tags). */
export function sessionNames(input: SessionNamesInput): SessionNames {
  return {
    roleSessionName: roleSessionName(input.sessionId),
    sourceIdentity: input.personId,
    tags: [
      { key: 'daypass:grant', value: input.grantId },
      { key: 'daypass:code', value: grantCode(input.grantId) },
      { key: 'daypass:session', value: input.sessionId },
      { key: 'daypass:person', value: input.personId },
      { key: 'daypass:entitlement', value: input.entitlement },
      { key: 'daypass:assurance', value: input.assurance },
    ],
    // Only where a session may go on at all: an inherited tag breaks trust policies that lack sts:TagSession.
    transitiveTagKeys: input.allowOnward ? ['daypass:grant', 'daypass:code'] : [],
  };
}
