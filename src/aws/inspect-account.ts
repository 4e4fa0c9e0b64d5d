import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { UnreadableAnswerError } from './boundary-policy.ts';
import { awsFault } from './fault.ts';

/** A role as IAM describes it. */
export interface RoleFacts {
  readonly arn: string;
  /** The trust policy, JSON text. */
  readonly trustPolicy: string;
  /** ARN of the permissions boundary; null: none. */
  readonly boundaryArn: string | null;
  readonly maxSessionSeconds: number;
}

/** What gives a role its rights. */
export interface RoleRights {
  /** Inline policies, JSON text each. */
  readonly inline: readonly { readonly name: string; readonly document: string }[];
  /** ARNs of attached managed policies. */
  readonly attached: readonly string[];
}

/** Reads one account, changes nothing. Each call rejects with the SDK's error (see awsFault), or UnreadableAnswerError. */
export interface AccountInspector {
  /** Assumes the role that reads, unless it is assumed already: what fails here says nothing of what would be read. */
  enter(): Promise<void>;
  /** @param name without its path. Null: there is none. */
  role(name: string): Promise<RoleFacts | null>;
  rights(name: string): Promise<RoleRights | null>;
  /** The document in force of a managed policy, JSON text. Null: there is no such policy. */
  policy(arn: string): Promise<string | null>;
  /** The alias of the account; null: it has none. */
  alias(): Promise<string | null>;
}

/** The account over a client that acts in it (IAM API reference). */
export function createAccountInspector(iam: IAMClient): AccountInspector {
  return {
    async enter() {
      await iam.config.credentials();
    },
    role: (name) => orNull(() => role(iam, name)),
    rights: (name) => orNull(() => rights(iam, name)),
    policy: (arn) => orNull(() => policy(iam, arn)),
    async alias() {
      // An account has one alias at most (IAM User Guide, "Your AWS account ID and its alias").
      const { AccountAliases: aliases } = await iam.send(new ListAccountAliasesCommand({}));
      return aliases?.[0] ?? null;
    },
  };
}

async function role(iam: IAMClient, RoleName: string): Promise<RoleFacts> {
  const { Role: found } = await iam.send(new GetRoleCommand({ RoleName }));
  return {
    arn: given(found?.Arn),
    trustPolicy: decoded(found?.AssumeRolePolicyDocument),
    boundaryArn: found?.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    maxSessionSeconds: given(found?.MaxSessionDuration),
  };
}

async function rights(iam: IAMClient, RoleName: string): Promise<RoleRights> {
  const inline: { name: string; document: string }[] = [];
  for (const name of await pages(iam, RoleName, inlinePage)) {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }));
    inline.push({ name, document: decoded(PolicyDocument) });
  }
  return { inline, attached: await pages(iam, RoleName, attachedPage) };
}

async function policy(iam: IAMClient, PolicyArn: string): Promise<string> {
  const { Policy: found } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = given(found?.DefaultVersionId);
  const { PolicyVersion: version } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return decoded(version?.Document);
}

interface PageOfNames {
  readonly names: readonly string[];
  /** Null: this is the last one. */
  readonly next: string | null;
}
type ReadPage = (iam: IAMClient, asked: { RoleName: string; Marker?: string }) => Promise<PageOfNames>;

const inlinePage: ReadPage = async (iam, asked) => {
  const page = await iam.send(new ListRolePoliciesCommand(asked));
  return { names: page.PolicyNames ?? [], next: nextOf(page) };
};

const attachedPage: ReadPage = async (iam, asked) => {
  const page = await iam.send(new ListAttachedRolePoliciesCommand(asked));
  return { names: (page.AttachedPolicies ?? []).map((one) => given(one.PolicyArn)), next: nextOf(page) };
};

async function pages(iam: IAMClient, RoleName: string, read: ReadPage): Promise<string[]> {
  const names: string[] = [];
  let next: string | null = null;
  do {
    const page: PageOfNames = await read(iam, { RoleName, ...(next === null ? {} : { Marker: next }) });
    names.push(...page.names);
    next = page.next;
  } while (next !== null);
  return names;
}

function nextOf(page: { IsTruncated?: boolean | undefined; Marker?: string | undefined }): string | null {
  return page.IsTruncated === true ? given(page.Marker) : null;
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (awsFault(error).kind === 'not-found') return null;
    throw error;
  }
}

// IAM answers documents URL-encoded (IAM API reference, GetRole, GetRolePolicy, GetPolicyVersion).
function decoded(document: string | undefined): string {
  const text = given(document);
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UnreadableAnswerError('AWS answered a document that cannot be read');
  }
}

function given<T extends string | number>(value: T | undefined): T {
  if (value === undefined || value === '') throw new UnreadableAnswerError('AWS left out what was asked for');
  return value;
}
