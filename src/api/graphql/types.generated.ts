// Written from schema.graphql by `npm run generate`. Do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { MeView } from '../../identity/me.ts';
import type { Offer } from '../../approvals/offer.ts';
import type { FoundOffers, FoundOffer } from '../../approvals/find-offers.ts';
import type { GraphRequest, GraphContext } from './context.ts';
import type { DelegationView } from '../../approvals/delegation-view.ts';
import type { GrantView } from '../../broker/view.ts';
import type { AuditEventView } from '../../audit/list.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** RFC 3339 in UTC. */
  DateTime: { input: string; output: string; }
  /** Facts that depend on the kind of event. */
  JSON: { input: unknown; output: unknown; }
};

export type Query = {
  readonly __typename?: 'Query';
  /** Who I am. */
  readonly me: Me;
  /** What I may ask for. */
  readonly entitlements: ReadonlyArray<Entitlement>;
  /** One thing that I may ask for. */
  readonly entitlement: Entitlement;
  /** Names that stand for several entitlements in a request. */
  readonly bundles: ReadonlyArray<Bundle>;
  /** Which entitlement lets an action through, the narrowest first, as far as the catalog knows. */
  readonly find: FindAnswer;
  /** Requests that I may see, newest first. */
  readonly requests: RequestPage;
  readonly request: Request;
  /** Rights that I handed over and that were handed to me, newest first; `all`: everybody's. */
  readonly delegations: DelegationPage;
  /** Uses of break-glass that somebody else looks at, of requests that I may see, newest first. */
  readonly followUps: FollowUpPage;
  /** What a request is to be judged by, for those who may answer it now, operators and auditors. */
  readonly insight: Insight;
  /** Grants that I may see, newest first. */
  readonly grants: GrantPage;
  readonly grant: Grant;
  /** Reviews of who may ask: of my own entitlements; all for operators and auditors. Newest first. */
  readonly eligibilityReviews: EligibilityReviewPage;
  /** One of them, with a page of the people in it. */
  readonly eligibilityReview: EligibilityReviewItems;
  /** The audit log, newest first. For auditors; reading is itself recorded. */
  readonly auditEvents: AuditEventPage;
};


export type QueryEntitlementArgs = {
  id: Scalars['ID']['input'];
};


export type QueryFindArgs = {
  action: Scalars['String']['input'];
  account?: InputMaybe<Scalars['String']['input']>;
  resource?: InputMaybe<Scalars['String']['input']>;
};


export type QueryRequestsArgs = {
  state?: InputMaybe<RequestState>;
  mine?: InputMaybe<Scalars['Boolean']['input']>;
  toReview?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryRequestArgs = {
  id: Scalars['ID']['input'];
};


export type QueryDelegationsArgs = {
  all?: InputMaybe<Scalars['Boolean']['input']>;
  standing?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryFollowUpsArgs = {
  state?: InputMaybe<FollowUpState>;
  mine?: InputMaybe<Scalars['Boolean']['input']>;
  toDo?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryInsightArgs = {
  id: Scalars['ID']['input'];
};


export type QueryGrantsArgs = {
  request?: InputMaybe<Scalars['ID']['input']>;
  entitlement?: InputMaybe<Scalars['ID']['input']>;
  state?: InputMaybe<GrantState>;
  stillLive?: InputMaybe<Scalars['Boolean']['input']>;
  mine?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryGrantArgs = {
  id: Scalars['ID']['input'];
};


export type QueryEligibilityReviewsArgs = {
  open?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryEligibilityReviewArgs = {
  id: Scalars['ID']['input'];
  unanswered?: InputMaybe<Scalars['Boolean']['input']>;
  unused?: InputMaybe<Scalars['Boolean']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAuditEventsArgs = {
  actor?: InputMaybe<Scalars['ID']['input']>;
  subject?: InputMaybe<Scalars['ID']['input']>;
  entitlement?: InputMaybe<Scalars['ID']['input']>;
  account?: InputMaybe<Scalars['ID']['input']>;
  request?: InputMaybe<Scalars['ID']['input']>;
  grant?: InputMaybe<Scalars['ID']['input']>;
  session?: InputMaybe<Scalars['ID']['input']>;
  accessKeyId?: InputMaybe<Scalars['ID']['input']>;
  kind?: InputMaybe<Scalars['String']['input']>;
  outcome?: InputMaybe<Scalars['String']['input']>;
  from?: InputMaybe<Scalars['DateTime']['input']>;
  to?: InputMaybe<Scalars['DateTime']['input']>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Ask for access. With `dryRun` nothing is written. */
  readonly submitRequest: Request;
  /** Cancel my pending request. */
  readonly cancelRequest: Request;
  /** Approve or deny exactly what was read: the digest says what that was. */
  readonly reviewRequest: Request;
  /** Take back my answer, while the request is pending or no access was made yet. */
  readonly withdrawReview: Request;
  /** Hand my right to answer to somebody else for a while. */
  readonly createDelegation: Delegation;
  /** End a delegation before its time. */
  readonly endDelegation: Delegation;
  /** Say what I found when I looked at somebody else's use of break-glass. */
  readonly finishFollowUp: FollowUp;
  /** Say something about a pending request; `question` asks those whom it is about, for those who may answer it. */
  readonly commentOnRequest: Request;
  /** Ask for more time under my live grant. With `dryRun` nothing is written. */
  readonly extendGrant: Request;
  /** Say as an owner whether somebody may go on asking. */
  readonly answerEligibility: EligibilityItem;
  /** End a grant early: my own, one that I may approve, or any as an operator. */
  readonly endGrant: Grant;
};


export type MutationSubmitRequestArgs = {
  input: SubmitRequestInput;
};


export type MutationCancelRequestArgs = {
  id: Scalars['ID']['input'];
};


export type MutationReviewRequestArgs = {
  id: Scalars['ID']['input'];
  decision: Decision;
  digest: Scalars['String']['input'];
  comment?: InputMaybe<Scalars['String']['input']>;
  narrow?: InputMaybe<NarrowingInput>;
};


export type MutationWithdrawReviewArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCreateDelegationArgs = {
  input: CreateDelegationInput;
};


export type MutationEndDelegationArgs = {
  id: Scalars['ID']['input'];
};


export type MutationFinishFollowUpArgs = {
  id: Scalars['ID']['input'];
  justified: Scalars['Boolean']['input'];
  comment: Scalars['String']['input'];
};


export type MutationCommentOnRequestArgs = {
  id: Scalars['ID']['input'];
  text: Scalars['String']['input'];
  question?: InputMaybe<Scalars['Boolean']['input']>;
};


export type MutationExtendGrantArgs = {
  input: ExtendGrantInput;
};


export type MutationAnswerEligibilityArgs = {
  id: Scalars['ID']['input'];
  person: Scalars['ID']['input'];
  decision: EligibilityAnswer;
  comment?: InputMaybe<Scalars['String']['input']>;
};


export type MutationEndGrantArgs = {
  id: Scalars['ID']['input'];
  because?: InputMaybe<Scalars['String']['input']>;
};

/** What an approver takes away: less time, fewer entitlements. */
export type NarrowingInput = {
  readonly durationSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** Those that stay. */
  readonly entitlements?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

export type AssuranceLevel =
  | 'SINGLE_FACTOR'
  | 'MULTI_FACTOR'
  | 'PHISHING_RESISTANT';

export type TargetKind =
  | 'ROLE'
  | 'PERMISSION_SET';

export type RequestState =
  | 'pending'
  | 'approved'
  | 'denied'
  | 'cancelled'
  | 'expired';

export type FollowUpState =
  | 'owed'
  | 'done'
  | 'overdue';

export type GrantState =
  | 'scheduled'
  | 'activating'
  | 'active'
  | 'failed'
  | 'ending'
  | 'ended';

export type DelegationState =
  | 'upcoming'
  | 'active'
  | 'over'
  | 'ended';

export type Decision =
  | 'approve'
  | 'deny';

export type EligibilityAnswer =
  | 'keep'
  | 'drop';

export type EligibilityState =
  | 'open'
  | 'closed';

export type Certainty =
  | 'ALLOWS'
  | 'MAY_ALLOW';

/** A right to answer that is handed over: to whom, by id or exact address, and for which ids or patterns. */
export type CreateDelegationInput = {
  readonly delegate: Scalars['String']['input'];
  readonly startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly endsAt: Scalars['DateTime']['input'];
  /** Left out: all that I may answer. */
  readonly entitlements?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly because: Scalars['String']['input'];
};

/** What an entitlement is narrowed to. */
export type OptionInput = {
  readonly entitlement: Scalars['ID']['input'];
  readonly choice: Scalars['String']['input'];
  readonly parameters?: InputMaybe<ReadonlyArray<ParameterInput>>;
};

export type ParameterInput = {
  readonly name: Scalars['String']['input'];
  readonly value: Scalars['String']['input'];
};

export type SubmitRequestInput = {
  /** Ids of entitlements and names of bundles. */
  readonly entitlements: ReadonlyArray<Scalars['ID']['input']>;
  /** One for each entitlement that is not asked for as a whole. */
  readonly options?: InputMaybe<ReadonlyArray<OptionInput>>;
  /** The colleague whose access it is: an id, or the exact email address of one person; null: my own. */
  readonly for?: InputMaybe<Scalars['ID']['input']>;
  /** Take it at once, without asking anybody: for those whom the catalog names. */
  readonly breakGlass?: InputMaybe<Scalars['Boolean']['input']>;
  readonly durationSeconds: Scalars['Int']['input'];
  readonly reason: Scalars['String']['input'];
  readonly ticket?: InputMaybe<Scalars['String']['input']>;
  readonly startAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
};

export type ExtendGrantInput = {
  readonly id: Scalars['ID']['input'];
  /** How much longer. */
  readonly durationSeconds: Scalars['Int']['input'];
  readonly reason: Scalars['String']['input'];
  readonly ticket?: InputMaybe<Scalars['String']['input']>;
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
};

export type Person = {
  readonly __typename?: 'Person';
  readonly id: Scalars['ID']['output'];
  readonly name?: Maybe<Scalars['String']['output']>;
};

export type Account = {
  readonly __typename?: 'Account';
  readonly id: Scalars['ID']['output'];
  readonly name: Scalars['String']['output'];
};

export type Me = {
  readonly __typename?: 'Me';
  readonly id: Scalars['ID']['output'];
  readonly name?: Maybe<Scalars['String']['output']>;
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
  readonly roles: Roles;
  readonly assurance: Assurance;
  readonly signIn: SignIn;
};

export type Roles = {
  readonly __typename?: 'Roles';
  readonly auditor: Scalars['Boolean']['output'];
  readonly operator: Scalars['Boolean']['output'];
};

export type Assurance = {
  readonly __typename?: 'Assurance';
  readonly level: AssuranceLevel;
  readonly authenticatedAt: Scalars['DateTime']['output'];
};

export type SignIn = {
  readonly __typename?: 'SignIn';
  readonly id: Scalars['ID']['output'];
  readonly client: Scalars['String']['output'];
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

export type AssuranceDemand = {
  readonly __typename?: 'AssuranceDemand';
  readonly level: AssuranceLevel;
  readonly maxAgeSeconds?: Maybe<Scalars['Int']['output']>;
};

export type AssuranceDemands = {
  readonly __typename?: 'AssuranceDemands';
  readonly ask: AssuranceDemand;
  readonly approve: AssuranceDemand;
  readonly issue: AssuranceDemand;
};

/** Whose answer is missing. */
export type Approvers = {
  readonly __typename?: 'Approvers';
  readonly entitlement: Scalars['ID']['output'];
  /** The step of its approval whose turn it is. */
  readonly step: Scalars['String']['output'];
  readonly rule: Scalars['String']['output'];
  /** How many different people are missing still. */
  readonly needed: Scalars['Int']['output'];
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
  /** Whom it asks, in words. */
  readonly whom: Scalars['String']['output'];
  readonly people: ReadonlyArray<Person>;
  readonly since: Scalars['DateTime']['output'];
  /** When more people are asked; null where that is not foreseen, or has come. */
  readonly escalates?: Maybe<Escalation>;
};

export type Escalation = {
  readonly __typename?: 'Escalation';
  readonly at: Scalars['DateTime']['output'];
  readonly whom: Scalars['String']['output'];
};

export type Terms = {
  readonly __typename?: 'Terms';
  readonly maxDurationSeconds: Scalars['Int']['output'];
  readonly sessionSeconds: Scalars['Int']['output'];
  readonly requestExpiresSeconds: Scalars['Int']['output'];
  /** A regular expression that the whole ticket must match; null when none is needed. */
  readonly ticketPattern?: Maybe<Scalars['String']['output']>;
  /** A ticket validator must say that it is good, too. */
  readonly ticketValidated: Scalars['Boolean']['output'];
  readonly assurance: AssuranceDemands;
  readonly ask: AskRule;
  readonly approve: ApproveRule;
  /** On what terms the caller may take it without asking anybody; null: they may not. */
  readonly breakGlass?: Maybe<BreakGlass>;
  /** Conditions that decide without people. */
  readonly rules: ReadonlyArray<Rule>;
};

export type BreakGlass = {
  readonly __typename?: 'BreakGlass';
  readonly maxDurationSeconds: Scalars['Int']['output'];
  readonly assurance: AssuranceDemand;
  readonly followUp: BreakGlassFollowUp;
};

export type BreakGlassFollowUp = {
  readonly __typename?: 'BreakGlassFollowUp';
  /** Who looks at it afterwards, in words. */
  readonly whom: Scalars['String']['output'];
  readonly withinSeconds: Scalars['Int']['output'];
};

export type AskRule = {
  readonly __typename?: 'AskRule';
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
};

export type ApproveRule = {
  readonly __typename?: 'ApproveRule';
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
  /** How many different people, in all steps. */
  readonly count: Scalars['Int']['output'];
  /** Taken in order; one person counts once in all of them. */
  readonly steps: ReadonlyArray<Step>;
};

export type Step = {
  readonly __typename?: 'Step';
  readonly name: Scalars['String']['output'];
  readonly whom: Scalars['String']['output'];
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
  readonly count: Scalars['Int']['output'];
  /** The condition under which it is asked for; null: always. */
  readonly when?: Maybe<Scalars['String']['output']>;
};

export type Rule = {
  readonly __typename?: 'Rule';
  readonly name: Scalars['String']['output'];
  /** deny or approve. */
  readonly effect: Scalars['String']['output'];
  readonly because: Scalars['String']['output'];
};

export type ResourceTag = {
  readonly __typename?: 'ResourceTag';
  readonly key: Scalars['String']['output'];
  readonly values: ReadonlyArray<Scalars['String']['output']>;
};

/** A value that whoever picks a choice fills in. */
export type Parameter = {
  readonly __typename?: 'Parameter';
  readonly name: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
  readonly description: Scalars['String']['output'];
  /** What a value looks like. */
  readonly form: Scalars['String']['output'];
  /** The only values there are; null: any of that form. */
  readonly values?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  readonly maxLength: Scalars['Int']['output'];
};

/** A narrower form of an entitlement. `{name}` stands where the value of a parameter goes. */
export type Choice = {
  readonly __typename?: 'Choice';
  readonly name: Scalars['String']['output'];
  readonly description: Scalars['String']['output'];
  readonly parameters: ReadonlyArray<Parameter>;
  readonly actions: ReadonlyArray<Scalars['String']['output']>;
  readonly resources: ReadonlyArray<Scalars['String']['output']>;
  readonly resourceTags: ReadonlyArray<ResourceTag>;
};

export type PickedParameter = {
  readonly __typename?: 'PickedParameter';
  readonly name: Scalars['String']['output'];
  readonly value: Scalars['String']['output'];
};

/** A choice as it was picked. */
export type PickedChoice = {
  readonly __typename?: 'PickedChoice';
  readonly name: Scalars['String']['output'];
  readonly description: Scalars['String']['output'];
  readonly parameters: ReadonlyArray<PickedParameter>;
  readonly actions: ReadonlyArray<Scalars['String']['output']>;
  readonly resources: ReadonlyArray<Scalars['String']['output']>;
  readonly resourceTags: ReadonlyArray<ResourceTag>;
};

export type Bundle = {
  readonly __typename?: 'Bundle';
  readonly name: Scalars['String']['output'];
  readonly entitlements: ReadonlyArray<Scalars['ID']['output']>;
};

export type FoundParameter = {
  readonly __typename?: 'FoundParameter';
  readonly name: Scalars['String']['output'];
  readonly description: Scalars['String']['output'];
  /** Where the resource says it. */
  readonly value?: Maybe<Scalars['String']['output']>;
};

export type FoundChoice = {
  readonly __typename?: 'FoundChoice';
  readonly name: Scalars['String']['output'];
  readonly description: Scalars['String']['output'];
  readonly parameters: ReadonlyArray<FoundParameter>;
};

export type FoundEntitlement = {
  readonly __typename?: 'FoundEntitlement';
  readonly id: Scalars['ID']['output'];
  readonly description: Scalars['String']['output'];
  readonly account: Account;
  readonly target: TargetKind;
  /** The choice to pick; null: all of it. */
  readonly choice?: Maybe<FoundChoice>;
  /** MAY_ALLOW: the catalog does not say that the role allows it, or says otherwise. AWS decides. */
  readonly certainty: Certainty;
  readonly because: Scalars['String']['output'];
  readonly conditions: ReadonlyArray<Scalars['String']['output']>;
  readonly maxDurationSeconds: Scalars['Int']['output'];
  readonly mayAsk: Scalars['Boolean']['output'];
};

export type FindAnswer = {
  readonly __typename?: 'FindAnswer';
  /** From narrow to wide. */
  readonly items: ReadonlyArray<FoundEntitlement>;
  readonly catalogVersion: Scalars['String']['output'];
};

export type Entitlement = {
  readonly __typename?: 'Entitlement';
  readonly id: Scalars['ID']['output'];
  readonly description: Scalars['String']['output'];
  readonly account: Account;
  readonly target: TargetKind;
  readonly terms: Terms;
  /** How, where and when its sessions work, one line for people each. */
  readonly conditions: ReadonlyArray<Scalars['String']['output']>;
  /** Narrower forms that a request can pick. */
  readonly choices: ReadonlyArray<Choice>;
  /** Whether one of them must be picked. */
  readonly choiceRequired: Scalars['Boolean']['output'];
  readonly mayAsk: Scalars['Boolean']['output'];
  /** Why the caller may not ask any more, though the rules would let them. */
  readonly dropped?: Maybe<Dropped>;
  readonly mayApprove: Scalars['Boolean']['output'];
  /** Who would be asked; at most 20, never the caller. */
  readonly approvers: ReadonlyArray<Person>;
  /** The rule that lets the caller know of it. */
  readonly rule: Scalars['String']['output'];
  readonly catalogVersion: Scalars['String']['output'];
};

/** That a review of who may ask took it from the caller. */
export type Dropped = {
  readonly __typename?: 'Dropped';
  readonly review: Scalars['ID']['output'];
  readonly since: Scalars['DateTime']['output'];
};

export type RequestedEntitlement = {
  readonly __typename?: 'RequestedEntitlement';
  readonly id: Scalars['ID']['output'];
  readonly description: Scalars['String']['output'];
  readonly account: Account;
  readonly target: TargetKind;
  /** What it is narrowed to; null: all of it. */
  readonly choice?: Maybe<PickedChoice>;
  readonly conditions: ReadonlyArray<Scalars['String']['output']>;
};

export type Review = {
  readonly __typename?: 'Review';
  readonly id: Scalars['ID']['output'];
  readonly reviewer: Person;
  readonly decision: Decision;
  readonly comment?: Maybe<Scalars['String']['output']>;
  readonly via: Scalars['String']['output'];
  /** For whom they answered, by a right that was handed to them. */
  readonly onBehalfOf?: Maybe<Person>;
  readonly createdAt: Scalars['DateTime']['output'];
  /** When they took it back; null: it stands. */
  readonly withdrawnAt?: Maybe<Scalars['DateTime']['output']>;
};

export type Request = {
  readonly __typename?: 'Request';
  /** Null in a dry run. */
  readonly id?: Maybe<Scalars['ID']['output']>;
  /** Whose access it is. */
  readonly requester: Person;
  readonly askedBy: Person;
  /** That the requester is from outside. */
  readonly outside?: Maybe<Sponsorship>;
  readonly entitlements: ReadonlyArray<RequestedEntitlement>;
  /** Names of the bundles that it was asked by. */
  readonly bundles: ReadonlyArray<Scalars['String']['output']>;
  /** Whether its user gave it to themselves. */
  readonly breakGlass: Scalars['Boolean']['output'];
  /** The live grant that is to end later; null where a new one is asked for. */
  readonly extends?: Maybe<Extension>;
  readonly durationSeconds: Scalars['Int']['output'];
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly ticket?: Maybe<Scalars['String']['output']>;
  readonly startAt?: Maybe<Scalars['DateTime']['output']>;
  readonly state: RequestState;
  readonly digest: Scalars['String']['output'];
  readonly catalogVersion: Scalars['String']['output'];
  readonly createdAt: Scalars['DateTime']['output'];
  readonly expiresAt: Scalars['DateTime']['output'];
  readonly decidedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly waitingFor: ReadonlyArray<Approvers>;
  /** What rules approve without anybody being asked. */
  readonly approvedByRule: ReadonlyArray<RuleApproval>;
  readonly reviews: ReadonlyArray<Review>;
  /** What was said about it, oldest first. */
  readonly comments: ReadonlyArray<Comment>;
  /** What those it is about were asked last and have not answered; null once decided. */
  readonly question?: Maybe<Question>;
  /** One per entitlement once approved. */
  readonly grants: ReadonlyArray<RequestGrant>;
  /** What was seen in AWS that speaks against it, and steps that nobody who is known could answer; empty once decided. */
  readonly warnings: ReadonlyArray<RequestWarning>;
  /** In the answer to asking only: what the caller holds already of it, at that time. */
  readonly overlaps?: Maybe<ReadonlyArray<Overlap>>;
  /** In the answer to asking only: the caller's own pending requests for the same. */
  readonly pendingSame?: Maybe<ReadonlyArray<Scalars['ID']['output']>>;
  /** In the answer to asking only: when access would start, were it approved now. */
  readonly wouldStartAt?: Maybe<Scalars['DateTime']['output']>;
  readonly wouldEndAt?: Maybe<Scalars['DateTime']['output']>;
  readonly mayReview: Scalars['Boolean']['output'];
  readonly mayCancel: Scalars['Boolean']['output'];
  readonly mayComment: Scalars['Boolean']['output'];
  readonly mayAskBack: Scalars['Boolean']['output'];
  /** Whether I have an answer that can be taken back. */
  readonly mayWithdraw: Scalars['Boolean']['output'];
};

export type Comment = {
  readonly __typename?: 'Comment';
  readonly id: Scalars['ID']['output'];
  readonly author: Person;
  /** In their own words; null once erased. */
  readonly text?: Maybe<Scalars['String']['output']>;
  /** Asks those whom the request is about. */
  readonly question: Scalars['Boolean']['output'];
  readonly createdAt: Scalars['DateTime']['output'];
};

export type Question = {
  readonly __typename?: 'Question';
  readonly by: Person;
  readonly at: Scalars['DateTime']['output'];
  /** In their own words; null once erased. */
  readonly text?: Maybe<Scalars['String']['output']>;
};

export type PastGrant = {
  readonly __typename?: 'PastGrant';
  readonly id: Scalars['ID']['output'];
  readonly state: GrantState;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly endsAt: Scalars['DateTime']['output'];
  /** Null where Daypass does not see it. */
  readonly used?: Maybe<Scalars['Boolean']['output']>;
  readonly sessions: Scalars['Int']['output'];
  readonly lastSessionAt?: Maybe<Scalars['DateTime']['output']>;
  /** From its first session to the end of its last. */
  readonly usedSeconds?: Maybe<Scalars['Int']['output']>;
};

export type NarrowerForm = {
  readonly __typename?: 'NarrowerForm';
  readonly id: Scalars['ID']['output'];
  readonly description: Scalars['String']['output'];
  /** The choice to pick; null: all of it. */
  readonly choice?: Maybe<Scalars['String']['output']>;
  readonly actions: ReadonlyArray<Scalars['String']['output']>;
  readonly maxDurationSeconds: Scalars['Int']['output'];
};

export type EntitlementInsight = {
  readonly __typename?: 'EntitlementInsight';
  readonly id: Scalars['ID']['output'];
  /** The last grants of it that the requester had, newest first; at most 5. */
  readonly lastGrants: ReadonlyArray<PastGrant>;
  readonly lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The median of the last 20. */
  readonly typicalUseSeconds?: Maybe<Scalars['Int']['output']>;
  /** How often they asked for it in 90 days, this request not counted. */
  readonly asked: Scalars['Int']['output'];
  readonly denied: Scalars['Int']['output'];
  /** What it can do, as the catalog says; null where it does not say. */
  readonly actions?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  readonly limits: ReadonlyArray<Scalars['String']['output']>;
  /** Less, that the requester may ask for instead: from narrow to wide; at most 10. */
  readonly narrower: ReadonlyArray<NarrowerForm>;
};

export type Insight = {
  readonly __typename?: 'Insight';
  readonly request: Scalars['ID']['output'];
  readonly entitlements: ReadonlyArray<EntitlementInsight>;
};

/** A rule of the catalog that approves a part of a request. */
export type RuleApproval = {
  readonly __typename?: 'RuleApproval';
  readonly entitlement: Scalars['ID']['output'];
  readonly rule: Scalars['String']['output'];
  /** Why, in the words of the catalog. */
  readonly because: Scalars['String']['output'];
};

/** A live grant of the caller's own, for something that is asked for, at a time that is asked for. */
export type Overlap = {
  readonly __typename?: 'Overlap';
  readonly grant: Scalars['ID']['output'];
  readonly entitlement: Scalars['ID']['output'];
  readonly state: GrantState;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly endsAt: Scalars['DateTime']['output'];
  /** Whether it could be asked to end later instead, by as long as was asked for. */
  readonly extendable: Scalars['Boolean']['output'];
};

/** Who answers for somebody from outside, and until when they are eligible. */
export type Sponsorship = {
  readonly __typename?: 'Sponsorship';
  readonly sponsor?: Maybe<Person>;
  readonly until?: Maybe<Scalars['DateTime']['output']>;
};

/** A live grant that is to end later. */
export type Extension = {
  readonly __typename?: 'Extension';
  readonly grant: Scalars['ID']['output'];
  /** When it ended as it was asked for. Moved since, it is not extended. */
  readonly from: Scalars['DateTime']['output'];
  /** When it ends once this is approved. */
  readonly to: Scalars['DateTime']['output'];
};

export type RequestWarning = {
  readonly __typename?: 'RequestWarning';
  readonly entitlement: Scalars['ID']['output'];
  /** What was looked at, such as `role` or `trust-others`. */
  readonly check: Scalars['String']['output'];
  /** warning or error. */
  readonly level: Scalars['String']['output'];
  /** It cannot be approved while this is so. */
  readonly stops: Scalars['Boolean']['output'];
  readonly message: Scalars['String']['output'];
};

export type RequestGrant = {
  readonly __typename?: 'RequestGrant';
  readonly id: Scalars['ID']['output'];
  readonly entitlement: Scalars['ID']['output'];
  readonly state: GrantState;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly endsAt: Scalars['DateTime']['output'];
};

export type RequestPage = {
  readonly __typename?: 'RequestPage';
  readonly items: ReadonlyArray<Request>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

export type FollowUp = {
  readonly __typename?: 'FollowUp';
  readonly id: Scalars['ID']['output'];
  readonly kind: Scalars['String']['output'];
  readonly state: FollowUpState;
  readonly request: Scalars['ID']['output'];
  readonly entitlement: Scalars['ID']['output'];
  readonly account: Account;
  /** Whose use it was. */
  readonly person: Person;
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly durationSeconds: Scalars['Int']['output'];
  readonly usedAt: Scalars['DateTime']['output'];
  readonly dueAt: Scalars['DateTime']['output'];
  readonly overdueAt?: Maybe<Scalars['DateTime']['output']>;
  /** Who may look at it now, in words. */
  readonly whom: Scalars['String']['output'];
  /** justified or not-justified. */
  readonly verdict?: Maybe<Scalars['String']['output']>;
  readonly comment?: Maybe<Scalars['String']['output']>;
  readonly doneBy?: Maybe<Person>;
  readonly doneAt?: Maybe<Scalars['DateTime']['output']>;
  /** Whether the caller may look at it now. */
  readonly mayFinish: Scalars['Boolean']['output'];
};

export type FollowUpPage = {
  readonly __typename?: 'FollowUpPage';
  readonly items: ReadonlyArray<FollowUp>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

export type Grant = {
  readonly __typename?: 'Grant';
  readonly id: Scalars['ID']['output'];
  readonly requestId: Scalars['ID']['output'];
  /** Null when the request is not for the caller to see. */
  readonly request?: Maybe<Request>;
  readonly person: Person;
  readonly entitlement: Scalars['ID']['output'];
  readonly account: Account;
  readonly target: TargetKind;
  /** Whether its user gave it to themselves. */
  readonly breakGlass: Scalars['Boolean']['output'];
  /** What of the entitlement it is narrowed to; null: all of it. */
  readonly choice?: Maybe<PickedChoice>;
  readonly state: GrantState;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly endsAt: Scalars['DateTime']['output'];
  readonly endedBecause?: Maybe<Scalars['String']['output']>;
  readonly endingSince?: Maybe<Scalars['DateTime']['output']>;
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** After an early end: when AWS was read back to deny what was issued. */
  readonly deniedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When an operator silenced the alarm of its ending. */
  readonly silencedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly lastPossibleUse?: Maybe<Scalars['DateTime']['output']>;
  readonly failure?: Maybe<Scalars['String']['output']>;
  readonly mayEnd: Scalars['Boolean']['output'];
};

export type Delegation = {
  readonly __typename?: 'Delegation';
  readonly id: Scalars['ID']['output'];
  /** Whose right it is. */
  readonly principal: Person;
  readonly delegate: Person;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly endsAt: Scalars['DateTime']['output'];
  /** Ids and patterns; null: everything that the principal may answer. */
  readonly entitlements?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  readonly because: Scalars['String']['output'];
  readonly createdAt: Scalars['DateTime']['output'];
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly endedBy?: Maybe<Person>;
  readonly state: DelegationState;
  readonly mayEnd: Scalars['Boolean']['output'];
};

export type DelegationPage = {
  readonly __typename?: 'DelegationPage';
  readonly items: ReadonlyArray<Delegation>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

export type GrantPage = {
  readonly __typename?: 'GrantPage';
  readonly items: ReadonlyArray<Grant>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

export type EligibilityCounts = {
  readonly __typename?: 'EligibilityCounts';
  readonly people: Scalars['Int']['output'];
  readonly kept: Scalars['Int']['output'];
  readonly dropped: Scalars['Int']['output'];
  readonly lapsed: Scalars['Int']['output'];
  readonly unanswered: Scalars['Int']['output'];
  readonly unused: Scalars['Int']['output'];
};

/** A review of who may ask for an entitlement. */
export type EligibilityReview = {
  readonly __typename?: 'EligibilityReview';
  readonly id: Scalars['ID']['output'];
  readonly entitlement: Scalars['ID']['output'];
  readonly state: EligibilityState;
  readonly openedAt: Scalars['DateTime']['output'];
  /** Whoever was not answered for by then may not ask any more. */
  readonly dueAt: Scalars['DateTime']['output'];
  readonly closedAt?: Maybe<Scalars['DateTime']['output']>;
  /** due or withdrawn: the catalog does not review it any more. */
  readonly closedBecause?: Maybe<Scalars['String']['output']>;
  readonly catalogVersion: Scalars['String']['output'];
  readonly counts: EligibilityCounts;
  /** Whether the caller is an owner. */
  readonly mayAnswer: Scalars['Boolean']['output'];
};

export type EligibilityReviewPage = {
  readonly __typename?: 'EligibilityReviewPage';
  readonly items: ReadonlyArray<EligibilityReview>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

export type EligibilityReviewItems = {
  readonly __typename?: 'EligibilityReviewItems';
  readonly id: Scalars['ID']['output'];
  readonly entitlement: Scalars['ID']['output'];
  readonly state: EligibilityState;
  readonly openedAt: Scalars['DateTime']['output'];
  readonly dueAt: Scalars['DateTime']['output'];
  readonly closedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly closedBecause?: Maybe<Scalars['String']['output']>;
  readonly catalogVersion: Scalars['String']['output'];
  readonly counts: EligibilityCounts;
  readonly mayAnswer: Scalars['Boolean']['output'];
  /** By their ids. */
  readonly items: ReadonlyArray<EligibilityItem>;
  readonly next?: Maybe<Scalars['String']['output']>;
};

/** One person in a review. */
export type EligibilityItem = {
  readonly __typename?: 'EligibilityItem';
  readonly person: Person;
  /** The group by which they may ask; null: they are named. */
  readonly group?: Maybe<Scalars['String']['output']>;
  /** How many grants they had. */
  readonly uses: Scalars['Int']['output'];
  readonly lastUseAt?: Maybe<Scalars['DateTime']['output']>;
  /** Not used for as long as the catalog says, or never. */
  readonly unused: Scalars['Boolean']['output'];
  /** keep, drop, or lapsed: nobody answered in time. */
  readonly decision?: Maybe<Scalars['String']['output']>;
  readonly decidedBy?: Maybe<Person>;
  readonly decidedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly comment?: Maybe<Scalars['String']['output']>;
};

export type AuditActor = {
  readonly __typename?: 'AuditActor';
  readonly type: Scalars['String']['output'];
  readonly id?: Maybe<Scalars['ID']['output']>;
  readonly name?: Maybe<Scalars['String']['output']>;
};

export type AuditEvent = {
  readonly __typename?: 'AuditEvent';
  readonly id: Scalars['ID']['output'];
  readonly time: Scalars['DateTime']['output'];
  readonly kind: Scalars['String']['output'];
  readonly outcome: Scalars['String']['output'];
  readonly actor: AuditActor;
  readonly subject?: Maybe<Scalars['ID']['output']>;
  readonly entitlement?: Maybe<Scalars['ID']['output']>;
  readonly account?: Maybe<Scalars['ID']['output']>;
  readonly request?: Maybe<Scalars['ID']['output']>;
  readonly grant?: Maybe<Scalars['ID']['output']>;
  readonly session?: Maybe<Scalars['ID']['output']>;
  readonly accessKeyId?: Maybe<Scalars['ID']['output']>;
  readonly address?: Maybe<Scalars['String']['output']>;
  readonly requestId?: Maybe<Scalars['ID']['output']>;
  readonly rule?: Maybe<Scalars['String']['output']>;
  readonly catalogVersion?: Maybe<Scalars['String']['output']>;
  readonly details: Scalars['JSON']['output'];
};

export type AuditEventPage = {
  readonly __typename?: 'AuditEventPage';
  readonly items: ReadonlyArray<AuditEvent>;
  readonly next?: Maybe<Scalars['String']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  NarrowingInput: NarrowingInput;
  AssuranceLevel: AssuranceLevel;
  TargetKind: TargetKind;
  RequestState: RequestState;
  FollowUpState: FollowUpState;
  GrantState: GrantState;
  DelegationState: DelegationState;
  Decision: Decision;
  EligibilityAnswer: EligibilityAnswer;
  EligibilityState: EligibilityState;
  Certainty: Certainty;
  CreateDelegationInput: CreateDelegationInput;
  OptionInput: OptionInput;
  ParameterInput: ParameterInput;
  SubmitRequestInput: SubmitRequestInput;
  ExtendGrantInput: ExtendGrantInput;
  Person: ResolverTypeWrapper<Person>;
  Account: ResolverTypeWrapper<Account>;
  Me: ResolverTypeWrapper<MeView>;
  Roles: ResolverTypeWrapper<Roles>;
  Assurance: ResolverTypeWrapper<Assurance>;
  SignIn: ResolverTypeWrapper<SignIn>;
  AssuranceDemand: ResolverTypeWrapper<AssuranceDemand>;
  AssuranceDemands: ResolverTypeWrapper<AssuranceDemands>;
  Approvers: ResolverTypeWrapper<Approvers>;
  Escalation: ResolverTypeWrapper<Escalation>;
  Terms: ResolverTypeWrapper<Terms>;
  BreakGlass: ResolverTypeWrapper<BreakGlass>;
  BreakGlassFollowUp: ResolverTypeWrapper<BreakGlassFollowUp>;
  AskRule: ResolverTypeWrapper<AskRule>;
  ApproveRule: ResolverTypeWrapper<ApproveRule>;
  Step: ResolverTypeWrapper<Step>;
  Rule: ResolverTypeWrapper<Rule>;
  ResourceTag: ResolverTypeWrapper<ResourceTag>;
  Parameter: ResolverTypeWrapper<Parameter>;
  Choice: ResolverTypeWrapper<Choice>;
  PickedParameter: ResolverTypeWrapper<PickedParameter>;
  PickedChoice: ResolverTypeWrapper<PickedChoice>;
  Bundle: ResolverTypeWrapper<Bundle>;
  FoundParameter: ResolverTypeWrapper<FoundParameter>;
  FoundChoice: ResolverTypeWrapper<FoundChoice>;
  FoundEntitlement: ResolverTypeWrapper<FoundOffer>;
  FindAnswer: ResolverTypeWrapper<FoundOffers>;
  Entitlement: ResolverTypeWrapper<Offer>;
  Dropped: ResolverTypeWrapper<Dropped>;
  RequestedEntitlement: ResolverTypeWrapper<RequestedEntitlement>;
  Review: ResolverTypeWrapper<Review>;
  Request: ResolverTypeWrapper<GraphRequest>;
  Comment: ResolverTypeWrapper<Comment>;
  Question: ResolverTypeWrapper<Question>;
  PastGrant: ResolverTypeWrapper<PastGrant>;
  NarrowerForm: ResolverTypeWrapper<NarrowerForm>;
  EntitlementInsight: ResolverTypeWrapper<EntitlementInsight>;
  Insight: ResolverTypeWrapper<Insight>;
  RuleApproval: ResolverTypeWrapper<RuleApproval>;
  Overlap: ResolverTypeWrapper<Overlap>;
  Sponsorship: ResolverTypeWrapper<Sponsorship>;
  Extension: ResolverTypeWrapper<Extension>;
  RequestWarning: ResolverTypeWrapper<RequestWarning>;
  RequestGrant: ResolverTypeWrapper<RequestGrant>;
  RequestPage: ResolverTypeWrapper<Omit<RequestPage, 'items'> & { items: ReadonlyArray<ResolversTypes['Request']> }>;
  FollowUp: ResolverTypeWrapper<FollowUp>;
  FollowUpPage: ResolverTypeWrapper<FollowUpPage>;
  Grant: ResolverTypeWrapper<GrantView>;
  Delegation: ResolverTypeWrapper<DelegationView>;
  DelegationPage: ResolverTypeWrapper<Omit<DelegationPage, 'items'> & { items: ReadonlyArray<ResolversTypes['Delegation']> }>;
  GrantPage: ResolverTypeWrapper<Omit<GrantPage, 'items'> & { items: ReadonlyArray<ResolversTypes['Grant']> }>;
  EligibilityCounts: ResolverTypeWrapper<EligibilityCounts>;
  EligibilityReview: ResolverTypeWrapper<EligibilityReview>;
  EligibilityReviewPage: ResolverTypeWrapper<EligibilityReviewPage>;
  EligibilityReviewItems: ResolverTypeWrapper<EligibilityReviewItems>;
  EligibilityItem: ResolverTypeWrapper<EligibilityItem>;
  AuditActor: ResolverTypeWrapper<AuditActor>;
  AuditEvent: ResolverTypeWrapper<AuditEventView>;
  AuditEventPage: ResolverTypeWrapper<Omit<AuditEventPage, 'items'> & { items: ReadonlyArray<ResolversTypes['AuditEvent']> }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  Int: Scalars['Int']['output'];
  Mutation: Record<PropertyKey, never>;
  DateTime: Scalars['DateTime']['output'];
  JSON: Scalars['JSON']['output'];
  NarrowingInput: NarrowingInput;
  CreateDelegationInput: CreateDelegationInput;
  OptionInput: OptionInput;
  ParameterInput: ParameterInput;
  SubmitRequestInput: SubmitRequestInput;
  ExtendGrantInput: ExtendGrantInput;
  Person: Person;
  Account: Account;
  Me: MeView;
  Roles: Roles;
  Assurance: Assurance;
  SignIn: SignIn;
  AssuranceDemand: AssuranceDemand;
  AssuranceDemands: AssuranceDemands;
  Approvers: Approvers;
  Escalation: Escalation;
  Terms: Terms;
  BreakGlass: BreakGlass;
  BreakGlassFollowUp: BreakGlassFollowUp;
  AskRule: AskRule;
  ApproveRule: ApproveRule;
  Step: Step;
  Rule: Rule;
  ResourceTag: ResourceTag;
  Parameter: Parameter;
  Choice: Choice;
  PickedParameter: PickedParameter;
  PickedChoice: PickedChoice;
  Bundle: Bundle;
  FoundParameter: FoundParameter;
  FoundChoice: FoundChoice;
  FoundEntitlement: FoundOffer;
  FindAnswer: FoundOffers;
  Entitlement: Offer;
  Dropped: Dropped;
  RequestedEntitlement: RequestedEntitlement;
  Review: Review;
  Request: GraphRequest;
  Comment: Comment;
  Question: Question;
  PastGrant: PastGrant;
  NarrowerForm: NarrowerForm;
  EntitlementInsight: EntitlementInsight;
  Insight: Insight;
  RuleApproval: RuleApproval;
  Overlap: Overlap;
  Sponsorship: Sponsorship;
  Extension: Extension;
  RequestWarning: RequestWarning;
  RequestGrant: RequestGrant;
  RequestPage: Omit<RequestPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['Request']> };
  FollowUp: FollowUp;
  FollowUpPage: FollowUpPage;
  Grant: GrantView;
  Delegation: DelegationView;
  DelegationPage: Omit<DelegationPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['Delegation']> };
  GrantPage: Omit<GrantPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['Grant']> };
  EligibilityCounts: EligibilityCounts;
  EligibilityReview: EligibilityReview;
  EligibilityReviewPage: EligibilityReviewPage;
  EligibilityReviewItems: EligibilityReviewItems;
  EligibilityItem: EligibilityItem;
  AuditActor: AuditActor;
  AuditEvent: AuditEventView;
  AuditEventPage: Omit<AuditEventPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['AuditEvent']> };
};

export type QueryResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<ResolversTypes['Me'], ParentType, ContextType>;
  entitlements?: Resolver<ReadonlyArray<ResolversTypes['Entitlement']>, ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['Entitlement'], ParentType, ContextType, RequireFields<QueryEntitlementArgs, 'id'>>;
  bundles?: Resolver<ReadonlyArray<ResolversTypes['Bundle']>, ParentType, ContextType>;
  find?: Resolver<ResolversTypes['FindAnswer'], ParentType, ContextType, RequireFields<QueryFindArgs, 'action'>>;
  requests?: Resolver<ResolversTypes['RequestPage'], ParentType, ContextType, Partial<QueryRequestsArgs>>;
  request?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<QueryRequestArgs, 'id'>>;
  delegations?: Resolver<ResolversTypes['DelegationPage'], ParentType, ContextType, Partial<QueryDelegationsArgs>>;
  followUps?: Resolver<ResolversTypes['FollowUpPage'], ParentType, ContextType, Partial<QueryFollowUpsArgs>>;
  insight?: Resolver<ResolversTypes['Insight'], ParentType, ContextType, RequireFields<QueryInsightArgs, 'id'>>;
  grants?: Resolver<ResolversTypes['GrantPage'], ParentType, ContextType, Partial<QueryGrantsArgs>>;
  grant?: Resolver<ResolversTypes['Grant'], ParentType, ContextType, RequireFields<QueryGrantArgs, 'id'>>;
  eligibilityReviews?: Resolver<ResolversTypes['EligibilityReviewPage'], ParentType, ContextType, Partial<QueryEligibilityReviewsArgs>>;
  eligibilityReview?: Resolver<ResolversTypes['EligibilityReviewItems'], ParentType, ContextType, RequireFields<QueryEligibilityReviewArgs, 'id'>>;
  auditEvents?: Resolver<ResolversTypes['AuditEventPage'], ParentType, ContextType, Partial<QueryAuditEventsArgs>>;
};

export type MutationResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  submitRequest?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationSubmitRequestArgs, 'input'>>;
  cancelRequest?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationCancelRequestArgs, 'id'>>;
  reviewRequest?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationReviewRequestArgs, 'id' | 'decision' | 'digest'>>;
  withdrawReview?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationWithdrawReviewArgs, 'id'>>;
  createDelegation?: Resolver<ResolversTypes['Delegation'], ParentType, ContextType, RequireFields<MutationCreateDelegationArgs, 'input'>>;
  endDelegation?: Resolver<ResolversTypes['Delegation'], ParentType, ContextType, RequireFields<MutationEndDelegationArgs, 'id'>>;
  finishFollowUp?: Resolver<ResolversTypes['FollowUp'], ParentType, ContextType, RequireFields<MutationFinishFollowUpArgs, 'id' | 'justified' | 'comment'>>;
  commentOnRequest?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationCommentOnRequestArgs, 'id' | 'text'>>;
  extendGrant?: Resolver<ResolversTypes['Request'], ParentType, ContextType, RequireFields<MutationExtendGrantArgs, 'input'>>;
  answerEligibility?: Resolver<ResolversTypes['EligibilityItem'], ParentType, ContextType, RequireFields<MutationAnswerEligibilityArgs, 'id' | 'person' | 'decision'>>;
  endGrant?: Resolver<ResolversTypes['Grant'], ParentType, ContextType, RequireFields<MutationEndGrantArgs, 'id'>>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type PersonResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Person'] = ResolversParentTypes['Person']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AccountResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MeResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Me'] = ResolversParentTypes['Me']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<ResolversTypes['Roles'], ParentType, ContextType>;
  assurance?: Resolver<ResolversTypes['Assurance'], ParentType, ContextType>;
  signIn?: Resolver<ResolversTypes['SignIn'], ParentType, ContextType>;
};

export type RolesResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Roles'] = ResolversParentTypes['Roles']> = {
  auditor?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  operator?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type AssuranceResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Assurance'] = ResolversParentTypes['Assurance']> = {
  level?: Resolver<ResolversTypes['AssuranceLevel'], ParentType, ContextType>;
  authenticatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SignInResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['SignIn'] = ResolversParentTypes['SignIn']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  client?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type AssuranceDemandResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AssuranceDemand'] = ResolversParentTypes['AssuranceDemand']> = {
  level?: Resolver<ResolversTypes['AssuranceLevel'], ParentType, ContextType>;
  maxAgeSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssuranceDemandsResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AssuranceDemands'] = ResolversParentTypes['AssuranceDemands']> = {
  ask?: Resolver<ResolversTypes['AssuranceDemand'], ParentType, ContextType>;
  approve?: Resolver<ResolversTypes['AssuranceDemand'], ParentType, ContextType>;
  issue?: Resolver<ResolversTypes['AssuranceDemand'], ParentType, ContextType>;
};

export type ApproversResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Approvers'] = ResolversParentTypes['Approvers']> = {
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  step?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  needed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  whom?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  people?: Resolver<ReadonlyArray<ResolversTypes['Person']>, ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  escalates?: Resolver<Maybe<ResolversTypes['Escalation']>, ParentType, ContextType>;
};

export type EscalationResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Escalation'] = ResolversParentTypes['Escalation']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  whom?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TermsResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Terms'] = ResolversParentTypes['Terms']> = {
  maxDurationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  requestExpiresSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  ticketPattern?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ticketValidated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  assurance?: Resolver<ResolversTypes['AssuranceDemands'], ParentType, ContextType>;
  ask?: Resolver<ResolversTypes['AskRule'], ParentType, ContextType>;
  approve?: Resolver<ResolversTypes['ApproveRule'], ParentType, ContextType>;
  breakGlass?: Resolver<Maybe<ResolversTypes['BreakGlass']>, ParentType, ContextType>;
  rules?: Resolver<ReadonlyArray<ResolversTypes['Rule']>, ParentType, ContextType>;
};

export type BreakGlassResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['BreakGlass'] = ResolversParentTypes['BreakGlass']> = {
  maxDurationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  assurance?: Resolver<ResolversTypes['AssuranceDemand'], ParentType, ContextType>;
  followUp?: Resolver<ResolversTypes['BreakGlassFollowUp'], ParentType, ContextType>;
};

export type BreakGlassFollowUpResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['BreakGlassFollowUp'] = ResolversParentTypes['BreakGlassFollowUp']> = {
  whom?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  withinSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AskRuleResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AskRule'] = ResolversParentTypes['AskRule']> = {
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ApproveRuleResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['ApproveRule'] = ResolversParentTypes['ApproveRule']> = {
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  steps?: Resolver<ReadonlyArray<ResolversTypes['Step']>, ParentType, ContextType>;
};

export type StepResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Step'] = ResolversParentTypes['Step']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  whom?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  when?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RuleResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Rule'] = ResolversParentTypes['Rule']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  effect?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  because?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ResourceTagResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['ResourceTag'] = ResolversParentTypes['ResourceTag']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ParameterResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Parameter'] = ResolversParentTypes['Parameter']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  form?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  values?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  maxLength?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ChoiceResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Choice'] = ResolversParentTypes['Choice']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parameters?: Resolver<ReadonlyArray<ResolversTypes['Parameter']>, ParentType, ContextType>;
  actions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  resources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  resourceTags?: Resolver<ReadonlyArray<ResolversTypes['ResourceTag']>, ParentType, ContextType>;
};

export type PickedParameterResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['PickedParameter'] = ResolversParentTypes['PickedParameter']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PickedChoiceResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['PickedChoice'] = ResolversParentTypes['PickedChoice']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parameters?: Resolver<ReadonlyArray<ResolversTypes['PickedParameter']>, ParentType, ContextType>;
  actions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  resources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  resourceTags?: Resolver<ReadonlyArray<ResolversTypes['ResourceTag']>, ParentType, ContextType>;
};

export type BundleResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Bundle'] = ResolversParentTypes['Bundle']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  entitlements?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type FoundParameterResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FoundParameter'] = ResolversParentTypes['FoundParameter']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FoundChoiceResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FoundChoice'] = ResolversParentTypes['FoundChoice']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parameters?: Resolver<ReadonlyArray<ResolversTypes['FoundParameter']>, ParentType, ContextType>;
};

export type FoundEntitlementResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FoundEntitlement'] = ResolversParentTypes['FoundEntitlement']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['TargetKind'], ParentType, ContextType>;
  choice?: Resolver<Maybe<ResolversTypes['FoundChoice']>, ParentType, ContextType>;
  certainty?: Resolver<ResolversTypes['Certainty'], ParentType, ContextType>;
  because?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  conditions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  maxDurationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mayAsk?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type FindAnswerResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FindAnswer'] = ResolversParentTypes['FindAnswer']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['FoundEntitlement']>, ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EntitlementResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Entitlement'] = ResolversParentTypes['Entitlement']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['TargetKind'], ParentType, ContextType>;
  terms?: Resolver<ResolversTypes['Terms'], ParentType, ContextType>;
  conditions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  choices?: Resolver<ReadonlyArray<ResolversTypes['Choice']>, ParentType, ContextType>;
  choiceRequired?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mayAsk?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  dropped?: Resolver<Maybe<ResolversTypes['Dropped']>, ParentType, ContextType>;
  mayApprove?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  approvers?: Resolver<ReadonlyArray<ResolversTypes['Person']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DroppedResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Dropped'] = ResolversParentTypes['Dropped']> = {
  review?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RequestedEntitlementResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['RequestedEntitlement'] = ResolversParentTypes['RequestedEntitlement']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['TargetKind'], ParentType, ContextType>;
  choice?: Resolver<Maybe<ResolversTypes['PickedChoice']>, ParentType, ContextType>;
  conditions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ReviewResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Review'] = ResolversParentTypes['Review']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reviewer?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  via?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  onBehalfOf?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  withdrawnAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type RequestResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Request'] = ResolversParentTypes['Request']> = {
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  requester?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  askedBy?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  outside?: Resolver<Maybe<ResolversTypes['Sponsorship']>, ParentType, ContextType>;
  entitlements?: Resolver<ReadonlyArray<ResolversTypes['RequestedEntitlement']>, ParentType, ContextType>;
  bundles?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  breakGlass?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  extends?: Resolver<Maybe<ResolversTypes['Extension']>, ParentType, ContextType>;
  durationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ticket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['RequestState'], ParentType, ContextType>;
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  waitingFor?: Resolver<ReadonlyArray<ResolversTypes['Approvers']>, ParentType, ContextType>;
  approvedByRule?: Resolver<ReadonlyArray<ResolversTypes['RuleApproval']>, ParentType, ContextType>;
  reviews?: Resolver<ReadonlyArray<ResolversTypes['Review']>, ParentType, ContextType>;
  comments?: Resolver<ReadonlyArray<ResolversTypes['Comment']>, ParentType, ContextType>;
  question?: Resolver<Maybe<ResolversTypes['Question']>, ParentType, ContextType>;
  grants?: Resolver<ReadonlyArray<ResolversTypes['RequestGrant']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['RequestWarning']>, ParentType, ContextType>;
  overlaps?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Overlap']>>, ParentType, ContextType>;
  pendingSame?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ID']>>, ParentType, ContextType>;
  wouldStartAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  wouldEndAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  mayReview?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mayCancel?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mayComment?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mayAskBack?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mayWithdraw?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type CommentResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Comment'] = ResolversParentTypes['Comment']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  author?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  question?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type QuestionResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Question'] = ResolversParentTypes['Question']> = {
  by?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PastGrantResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['PastGrant'] = ResolversParentTypes['PastGrant']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['GrantState'], ParentType, ContextType>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  used?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  sessions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastSessionAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  usedSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type NarrowerFormResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['NarrowerForm'] = ResolversParentTypes['NarrowerForm']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  choice?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  actions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  maxDurationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type EntitlementInsightResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EntitlementInsight'] = ResolversParentTypes['EntitlementInsight']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastGrants?: Resolver<ReadonlyArray<ResolversTypes['PastGrant']>, ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  typicalUseSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  asked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  denied?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  actions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  limits?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  narrower?: Resolver<ReadonlyArray<ResolversTypes['NarrowerForm']>, ParentType, ContextType>;
};

export type InsightResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Insight'] = ResolversParentTypes['Insight']> = {
  request?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlements?: Resolver<ReadonlyArray<ResolversTypes['EntitlementInsight']>, ParentType, ContextType>;
};

export type RuleApprovalResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['RuleApproval'] = ResolversParentTypes['RuleApproval']> = {
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  because?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OverlapResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Overlap'] = ResolversParentTypes['Overlap']> = {
  grant?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['GrantState'], ParentType, ContextType>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  extendable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SponsorshipResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Sponsorship'] = ResolversParentTypes['Sponsorship']> = {
  sponsor?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type ExtensionResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Extension'] = ResolversParentTypes['Extension']> = {
  grant?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RequestWarningResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['RequestWarning'] = ResolversParentTypes['RequestWarning']> = {
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  check?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stops?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RequestGrantResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['RequestGrant'] = ResolversParentTypes['RequestGrant']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['GrantState'], ParentType, ContextType>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RequestPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['RequestPage'] = ResolversParentTypes['RequestPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Request']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FollowUpResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FollowUp'] = ResolversParentTypes['FollowUp']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['FollowUpState'], ParentType, ContextType>;
  request?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  durationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  usedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dueAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  overdueAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  whom?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verdict?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  doneBy?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  doneAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  mayFinish?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type FollowUpPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['FollowUpPage'] = ResolversParentTypes['FollowUpPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['FollowUp']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type GrantResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Grant'] = ResolversParentTypes['Grant']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  request?: Resolver<Maybe<ResolversTypes['Request']>, ParentType, ContextType>;
  person?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['TargetKind'], ParentType, ContextType>;
  breakGlass?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  choice?: Resolver<Maybe<ResolversTypes['PickedChoice']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['GrantState'], ParentType, ContextType>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedBecause?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endingSince?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deniedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  silencedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastPossibleUse?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  mayEnd?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type DelegationResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['Delegation'] = ResolversParentTypes['Delegation']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  principal?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  delegate?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  entitlements?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  because?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endedBy?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['DelegationState'], ParentType, ContextType>;
  mayEnd?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type DelegationPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['DelegationPage'] = ResolversParentTypes['DelegationPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Delegation']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type GrantPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['GrantPage'] = ResolversParentTypes['GrantPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Grant']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type EligibilityCountsResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EligibilityCounts'] = ResolversParentTypes['EligibilityCounts']> = {
  people?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kept?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  dropped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lapsed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unanswered?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unused?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type EligibilityReviewResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EligibilityReview'] = ResolversParentTypes['EligibilityReview']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['EligibilityState'], ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dueAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  closedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  closedBecause?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  counts?: Resolver<ResolversTypes['EligibilityCounts'], ParentType, ContextType>;
  mayAnswer?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type EligibilityReviewPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EligibilityReviewPage'] = ResolversParentTypes['EligibilityReviewPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['EligibilityReview']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type EligibilityReviewItemsResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EligibilityReviewItems'] = ResolversParentTypes['EligibilityReviewItems']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entitlement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['EligibilityState'], ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dueAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  closedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  closedBecause?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  counts?: Resolver<ResolversTypes['EligibilityCounts'], ParentType, ContextType>;
  mayAnswer?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  items?: Resolver<ReadonlyArray<ResolversTypes['EligibilityItem']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type EligibilityItemResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['EligibilityItem'] = ResolversParentTypes['EligibilityItem']> = {
  person?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  group?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  uses?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastUseAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  unused?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  decision?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  decidedBy?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AuditActorResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AuditActor'] = ResolversParentTypes['AuditActor']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AuditEventResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  time?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['AuditActor'], ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  entitlement?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  account?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  request?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  grant?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  accessKeyId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  rule?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  catalogVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  details?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AuditEventPageResolvers<ContextType = GraphContext, ParentType extends ResolversParentTypes['AuditEventPage'] = ResolversParentTypes['AuditEventPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['AuditEvent']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphContext> = {
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Person?: PersonResolvers<ContextType>;
  Account?: AccountResolvers<ContextType>;
  Me?: MeResolvers<ContextType>;
  Roles?: RolesResolvers<ContextType>;
  Assurance?: AssuranceResolvers<ContextType>;
  SignIn?: SignInResolvers<ContextType>;
  AssuranceDemand?: AssuranceDemandResolvers<ContextType>;
  AssuranceDemands?: AssuranceDemandsResolvers<ContextType>;
  Approvers?: ApproversResolvers<ContextType>;
  Escalation?: EscalationResolvers<ContextType>;
  Terms?: TermsResolvers<ContextType>;
  BreakGlass?: BreakGlassResolvers<ContextType>;
  BreakGlassFollowUp?: BreakGlassFollowUpResolvers<ContextType>;
  AskRule?: AskRuleResolvers<ContextType>;
  ApproveRule?: ApproveRuleResolvers<ContextType>;
  Step?: StepResolvers<ContextType>;
  Rule?: RuleResolvers<ContextType>;
  ResourceTag?: ResourceTagResolvers<ContextType>;
  Parameter?: ParameterResolvers<ContextType>;
  Choice?: ChoiceResolvers<ContextType>;
  PickedParameter?: PickedParameterResolvers<ContextType>;
  PickedChoice?: PickedChoiceResolvers<ContextType>;
  Bundle?: BundleResolvers<ContextType>;
  FoundParameter?: FoundParameterResolvers<ContextType>;
  FoundChoice?: FoundChoiceResolvers<ContextType>;
  FoundEntitlement?: FoundEntitlementResolvers<ContextType>;
  FindAnswer?: FindAnswerResolvers<ContextType>;
  Entitlement?: EntitlementResolvers<ContextType>;
  Dropped?: DroppedResolvers<ContextType>;
  RequestedEntitlement?: RequestedEntitlementResolvers<ContextType>;
  Review?: ReviewResolvers<ContextType>;
  Request?: RequestResolvers<ContextType>;
  Comment?: CommentResolvers<ContextType>;
  Question?: QuestionResolvers<ContextType>;
  PastGrant?: PastGrantResolvers<ContextType>;
  NarrowerForm?: NarrowerFormResolvers<ContextType>;
  EntitlementInsight?: EntitlementInsightResolvers<ContextType>;
  Insight?: InsightResolvers<ContextType>;
  RuleApproval?: RuleApprovalResolvers<ContextType>;
  Overlap?: OverlapResolvers<ContextType>;
  Sponsorship?: SponsorshipResolvers<ContextType>;
  Extension?: ExtensionResolvers<ContextType>;
  RequestWarning?: RequestWarningResolvers<ContextType>;
  RequestGrant?: RequestGrantResolvers<ContextType>;
  RequestPage?: RequestPageResolvers<ContextType>;
  FollowUp?: FollowUpResolvers<ContextType>;
  FollowUpPage?: FollowUpPageResolvers<ContextType>;
  Grant?: GrantResolvers<ContextType>;
  Delegation?: DelegationResolvers<ContextType>;
  DelegationPage?: DelegationPageResolvers<ContextType>;
  GrantPage?: GrantPageResolvers<ContextType>;
  EligibilityCounts?: EligibilityCountsResolvers<ContextType>;
  EligibilityReview?: EligibilityReviewResolvers<ContextType>;
  EligibilityReviewPage?: EligibilityReviewPageResolvers<ContextType>;
  EligibilityReviewItems?: EligibilityReviewItemsResolvers<ContextType>;
  EligibilityItem?: EligibilityItemResolvers<ContextType>;
  AuditActor?: AuditActorResolvers<ContextType>;
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventPage?: AuditEventPageResolvers<ContextType>;
};
