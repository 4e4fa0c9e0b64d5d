import { cutOff, roleChainingSeconds } from './clip.ts';

/**
 * Longest life of a token that a service gives to whoever may ask, in seconds: Amazon ECR's always (GetAuthorizationToken,
 * "valid for 12 hours"), CodeArtifact's at most, whatever is left of the session that asked.
 */
const serviceTokenSeconds = 43_200;

export type ExposureName =
  | 'identity_proof'
  | 'service_token'
  | 'compute_role'
  | 'resource_policy'
  | 'open_connection'
  | 'onward_role'
  | 'lasting_access';

/** One thing that can outlive a grant. `seconds` counts from the grant's end; null means that nothing bounds it. */
export interface Exposure {
  readonly name: ExposureName;
  readonly seconds: number | null;
}

export interface ResidualExposure {
  /**
   * The longest of the exposures that have a bound, in whole seconds after the grant's end. Those without one are not in
   * it, so it is no promise that everything is over by then.
   */
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
 * What a session may leave behind after its grant's end, whether or not its role allows it. No policy stops
 * GetCallerIdentity, so the credentials prove who held them until they expire; tokens of services live on; work handed to
 * a role of a service and ordinary resource policies are open by decision (docs/adr/0009).
 */
export function residualExposure(input: ResidualInput): ResidualExposure {
  const overhang = (input.expiration.getTime() - cutOff(input.grantEndsAt).getTime()) / 1000;
  const exposures: Exposure[] = [
    { name: 'identity_proof', seconds: Math.max(0, Math.ceil(overhang)) },
    { name: 'service_token', seconds: serviceTokenSeconds },
    { name: 'compute_role', seconds: null },
    { name: 'resource_policy', seconds: null },
    { name: 'open_connection', seconds: null },
  ];
  if (input.allowOnward) exposures.push({ name: 'onward_role', seconds: roleChainingSeconds });
  if (input.allowIamWrite) exposures.push({ name: 'lasting_access', seconds: null });
  return { seconds: Math.max(...exposures.map((exposure) => exposure.seconds ?? 0)), exposures };
}
