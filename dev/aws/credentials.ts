import { randomBytes } from 'node:crypto';
import type { PolicyDocument } from './iam/policy.ts';
import type { CallerNames } from './iam/principal-match.ts';

export interface RoleSession {
  kind: 'assumed-role';
  account: string;
  roleArn: string;
  roleName: string;
  roleId: string;
  sessionName: string;
  issuedAt: Date;
  sourceIdentity?: string;
  /** Set for sessions of IAM Identity Center. */
  identityStoreUserId?: string;
  sessionTags: Record<string, string>;
  transitiveTagKeys: string[];
  /** Inline and managed session policies; undefined when none were passed. */
  sessionPolicies?: PolicyDocument[];
}

export interface IamUser {
  kind: 'user';
  account: string;
  userName: string;
  userId: string;
  policies: PolicyDocument[];
  /** Set for GetSessionToken credentials. */
  issuedAt?: Date;
}

export interface RootUser {
  kind: 'root';
  account: string;
}

export type Principal = RoleSession | IamUser | RootUser;

export interface IssuedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Absent for the long-term keys of users and root. */
  sessionToken?: string;
  expiration?: Date;
}

export interface StoredCredential extends IssuedCredentials {
  principal: Principal;
}

/** Every credential this AWS ever gave out, by access key id. They stay known after expiry, so that it can be told apart. */
export class CredentialStore {
  readonly #byKey = new Map<string, StoredCredential>();

  find(accessKeyId: string): StoredCredential | undefined {
    return this.#byKey.get(accessKeyId);
  }

  all(): StoredCredential[] {
    return [...this.#byKey.values()];
  }

  /**
   * Temporary credentials (ASIA…) that expire `seconds` after the whole second of `now`.
   * @param tokenBytes length of the session token, in bytes
   */
  issueTemporary(
    principal: Principal,
    now: Date,
    seconds: number,
    tokenBytes = 400,
  ): Required<IssuedCredentials> {
    const issued = {
      accessKeyId: keyId('ASIA'),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(tokenBytes).toString('base64').slice(0, tokenBytes),
      expiration: new Date((Math.floor(now.getTime() / 1000) + seconds) * 1000),
    };
    this.#byKey.set(issued.accessKeyId, { ...issued, principal });
    return issued;
  }

  /** A long-term key (AKIA…), which Daypass must refuse. */
  issueLongTerm(principal: IamUser | RootUser): IssuedCredentials {
    const issued = { accessKeyId: keyId('AKIA'), secretAccessKey: randomBytes(30).toString('base64') };
    this.#byKey.set(issued.accessKeyId, { ...issued, principal });
    return issued;
  }
}

/** Four letters that tell the type and sixteen of base 32 (AWS, "IAM identifiers: unique IDs"). */
function keyId(prefix: 'ASIA' | 'AKIA'): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
}

/** The ARN that GetCallerIdentity answers (AWS, "IAM identifiers"). */
export function callerArn(principal: Principal): string {
  const { kind, account } = principal;
  if (kind === 'root') return `arn:aws:iam::${account}:root`;
  if (kind === 'user') return `arn:aws:iam::${account}:user/${principal.userName}`;
  return `arn:aws:sts::${account}:assumed-role/${principal.roleName}/${principal.sessionName}`;
}

/** The UserId that GetCallerIdentity answers, which is also `aws:userid`. */
export function callerUserId(principal: Principal): string {
  if (principal.kind === 'root') return principal.account;
  if (principal.kind === 'user') return principal.userId;
  return `${principal.roleId}:${principal.sessionName}`;
}

/** How resource policies can name this caller. */
export function callerNames(principal: Principal): CallerNames {
  const names = { account: principal.account, arn: callerArn(principal) };
  return principal.kind === 'assumed-role' ? { ...names, roleArn: principal.roleArn } : names;
}
