// IAM Identity Center User Guide, "Referencing permission sets in resource policies": the role that it makes for a permission
// set in an account is named `AWSReservedSSO_`, the name of the set, and 16 characters.
const suffixCharacters = 16;

function prefixOf(permissionSetName: string): string {
  return `AWSReservedSSO_${permissionSetName}_`;
}

/** What the ARNs of the roles of a permission set in an account match, in any region (ArnLike). */
export function portalRolePattern(accountId: string, permissionSetName: string): string {
  const name = `${prefixOf(permissionSetName)}${'?'.repeat(suffixCharacters)}`;
  return `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/*${name}`;
}

/** Is this the name of a role of the permission set? */
export function isPortalRole(roleName: string, permissionSetName: string): boolean {
  const prefix = prefixOf(permissionSetName);
  return roleName.startsWith(prefix) && roleName.length === prefix.length + suffixCharacters;
}
