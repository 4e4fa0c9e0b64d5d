/**
 * The ARN that STS says it assumed when it lends this role under this session name (IAM User Guide, "IAM identifiers"):
 * the role's path is not part of it. Null when the role ARN is none, or lies in another account than it should.
 */
export function assumedRoleArn(roleArn: string, accountId: string, sessionName: string): string | null {
  const parts = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  if (parts === null || parts[2] !== accountId) return null;
  return `arn:${parts[1]}:sts::${accountId}:assumed-role/${parts[3]}/${sessionName}`;
}
