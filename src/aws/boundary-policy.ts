import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';

/** The version of a managed policy that is in force, and those that AWS keeps beside it. */
export interface PolicyInForce {
  readonly versionId: string;
  /** The policy's JSON text. */
  readonly document: string;
  /** Ids of the versions that are not in force, the oldest first. */
  readonly others: readonly string[];
}

/** One account's boundary policy. Each call rejects with the SDK's error: see awsFault. */
export interface BoundaryPolicy {
  readonly arn: string;
  read(): Promise<PolicyInForce>;
  /** The JSON text of a version, if that is the one in force; null if it is not. */
  readInForce(versionId: string): Promise<string | null>;
  /** Puts a document in force. Returns the id of its version. */
  put(document: string): Promise<string>;
  remove(versionId: string): Promise<void>;
  /** Names of the roles whose permissions boundary it is. */
  boundedRoles(): Promise<readonly string[]>;
}

/** An answer of AWS that lacks what it must have: nothing may be concluded from it. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError';
}

/** The customer-managed policy with this ARN, over a client that acts in its account. */
export function createBoundaryPolicy(iam: IAMClient, PolicyArn: string): BoundaryPolicy {
  return {
    arn: PolicyArn,
    read: () => read(iam, PolicyArn),
    async readInForce(versionId) {
      const { document, isDefault } = await readVersion(iam, PolicyArn, versionId);
      return isDefault ? document : null;
    },
    async put(document) {
      const { PolicyVersion: version } = await iam.send(
        new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document, SetAsDefault: true }),
      );
      return given(version?.VersionId);
    },
    async remove(versionId) {
      await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: versionId }));
    },
    boundedRoles: () => boundedRoles(iam, PolicyArn),
  };
}

async function read(iam: IAMClient, PolicyArn: string): Promise<PolicyInForce> {
  // AWS keeps five versions at most (IAM User Guide, "Versioning IAM policies"), so there is one page.
  const { Versions: versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  const inForce = given(versions.find((version) => version.IsDefaultVersion === true)?.VersionId);
  const { document } = await readVersion(iam, PolicyArn, inForce);
  const others = versions
    .filter((other) => other.IsDefaultVersion !== true)
    .toSorted((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))
    .map((other) => given(other.VersionId));
  return { versionId: inForce, document, others };
}

async function readVersion(iam: IAMClient, PolicyArn: string, VersionId: string) {
  const { PolicyVersion: version } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  // AWS answers documents URL-encoded (IAM API reference, GetPolicyVersion).
  const document = decodeURIComponent(given(version?.Document));
  return { document, isDefault: version?.IsDefaultVersion === true };
}

async function boundedRoles(iam: IAMClient, PolicyArn: string): Promise<string[]> {
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const page = await iam.send(
      new ListEntitiesForPolicyCommand({
        PolicyArn,
        EntityFilter: 'Role',
        PolicyUsageFilter: 'PermissionsBoundary',
        MaxItems: 1000,
        ...(marker === undefined ? {} : { Marker: marker }),
      }),
    );
    for (const role of page.PolicyRoles ?? []) names.push(given(role.RoleName));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return names;
}

function given(value: string | undefined): string {
  if (value === undefined || value === '') throw new UnreadableAnswerError('AWS left out what was asked for');
  return value;
}
