import type { Claim } from './claim.ts';
import { boundedRoles, documentSize, readBack, versionLimit } from './claims/boundary.ts';
import {
  addresses,
  assurance,
  choice,
  regions,
  tagged,
  tls,
  untagged,
  vpcEndpoints,
} from './claims/conditions.ts';
import { noSessionDuration, signinToken } from './claims/console.ts';
import { cutOffToTheSecond } from './claims/cut-off.ts';
import { deniedByCode, identitySurvives, neighboursUntouched, worksAgain } from './claims/early-end.ts';
import { guardsSimulated } from './claims/guards-simulated.ts';
import { guardsByCall, ownByCall } from './claims/guards.ts';
import {
  assignmentDeleted,
  assignmentMade,
  portalDenied,
  reservedRoleName,
} from './claims/identity-center.ts';
import {
  denyWriterByCall,
  denyWriterSimulated,
  ownTrustRefusesMarks,
  preflightSees,
} from './claims/own-roles.ts';
import { onwardDenied } from './claims/onward.ts';
import { acceptedPolicies, estimatedSize, longestPolicy } from './claims/session-policy.ts';
import { chainingLimit, externalId, sessionName, sessionTags } from './claims/sessions.ts';

/** Everything that Daypass says about AWS, in the order in which it is looked at. */
export const claims: readonly Claim[] = [
  acceptedPolicies,
  estimatedSize,
  longestPolicy,
  sessionName,
  sessionTags,
  chainingLimit,
  externalId,
  cutOffToTheSecond,
  readBack,
  documentSize,
  versionLimit,
  boundedRoles,
  deniedByCode,
  neighboursUntouched,
  identitySurvives,
  worksAgain,
  onwardDenied,
  guardsByCall,
  ownByCall,
  guardsSimulated,
  preflightSees,
  denyWriterSimulated,
  denyWriterByCall,
  ownTrustRefusesMarks,
  addresses,
  vpcEndpoints,
  regions,
  tls,
  untagged,
  tagged,
  assurance,
  choice,
  signinToken,
  noSessionDuration,
  assignmentMade,
  reservedRoleName,
  portalDenied,
  assignmentDeleted,
];
