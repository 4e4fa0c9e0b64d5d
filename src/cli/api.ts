import type { Problem as AnyProblem } from './api-types.generated.ts';

// What the REST API answers: types generated from openapi.yaml, and what the contract leaves open.

export type {
  Approvers,
  Assurance,
  AuditEvent,
  BoundaryPage,
  CatalogChanges,
  CatalogProposal,
  Catalogs,
  CatalogText,
  ChatLinkCode,
  Closure,
  ClosureState,
  ConsoleSignIn,
  Delegation,
  EligibilityItem,
  EligibilityReview,
  EligibilityReviewItems,
  EndedGrants,
  Bundle,
  Entitlement,
  EntitlementChange,
  Explanation,
  FindAnswer,
  FollowUp,
  Grant,
  Insight,
  Me,
  Person,
  PreflightEntry,
  PreflightRun,
  PickedChoice,
  Request,
  Session,
  TotpEnrolment,
} from './api-types.generated.ts';

/** A page of any list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `cursor` of the next page; null at the end. */
  readonly next: string | null;
}

/** Problem details; those of a step-up say whether a one-time code of Daypass's own would do. */
export interface Problem extends AnyProblem {
  totp?: boolean;
}
