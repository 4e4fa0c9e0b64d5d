import { cutOff, roleChainingSeconds } from './clip.ts';

/** Longest life of a CodeArtifact token, the longest of those made through sts:GetServiceBearerToken, in seconds. */
const serviceTokenSeconds = 43_200;

export type ExposureName =
  | 'identity_proof'
  | 'onward_role'
  | 'service_token'
  | 'lasting_access'
  | 'open_connection';

/** One thing that can outlive a grant. `seconds` counts from the grant's end; null means that nothing bounds it. */
export interface Exposure {
  readonly name: ExposureName;
  readonly seconds: number | null;
}

export interface ResidualExposure {
  /** The longest bounded exposure, in whole seconds after the grant's end. */
  readonly seconds: number;
  readonly exposures: readonly Exposure[];
}

export interface ResidualInput {
  readonly grantEndsAt: Date;
  /** When the credentials expire, as STS said. */
  readonly expiration: Date;
  readonly allowOnward: boolean;
  readonly allowIamWrite: boolean;
}

/**
 * What a session may leave behind after its grant's end. No policy stops GetCallerIdentity, so the credentials prove
 * who held them until they expire; where going on is allowed, so do the roles and tokens made with them.
 */
export function residualExposure(input: ResidualInput): ResidualExposure {
  const overhang = (input.expiration.getTime() - cutOff(input.grantEndsAt).getTime()) / 1000;
  const exposures: Exposure[] = [{ name: 'identity_proof', seconds: Math.max(0, Math.ceil(overhang)) }];
  if (input.allowOnward) {
    exposures.push({ name: 'onward_role', seconds: roleChainingSeconds });
    exposures.push({ name: 'service_token', seconds: serviceTokenSeconds });
  }
  if (input.allowIamWrite) exposures.push({ name: 'lasting_access', seconds: null });
  exposures.push({ name: 'open_connection', seconds: null });
  return { seconds: Math.max(...exposures.map((exposure) => exposure.seconds ?? 0)), exposures };
}
