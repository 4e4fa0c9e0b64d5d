// Written from openapi.yaml by `npm run generate`. Do not edit.

/**
 * Why Daypass refused or failed (RFC 9457).
 */
export interface Problem {
  /**
   * A URI that names the kind of problem.
   */
  type: string;
  /**
   * The kind of problem in a few words.
   */
  title: string;
  /**
   * The HTTP status.
   */
  status: number;
  /**
   * What went wrong here, and what to do.
   */
  detail: string;
  /**
   * The kind of problem, for programs. Stable.
   */
  code: string;
  /**
   * Names this call in logs and in the audit log.
   */
  requestId: string;
  /**
   * Every fault of the input at once.
   */
  errors?: {
    /**
     * Where: a JSON Pointer into the body, or the name of a parameter.
     */
    path: string;
    /**
     * What is wrong there, as a sentence.
     */
    message: string;
  }[];
  [k: string]: unknown;
}
export interface Person {
  /**
   * Starts with `prs_`.
   */
  id: string;
  /**
   * As the identity provider gave it; null when it gave none.
   */
  name: string | null;
}
export interface Assurance {
  /**
   * How strongly somebody is proven, weakest first.
   */
  level: 'single-factor' | 'multi-factor' | 'phishing-resistant';
  /**
   * When the person last authenticated actively.
   */
  authenticatedAt: string;
}
export interface Me {
  id: string;
  /**
   * As the identity provider gave it.
   */
  name: string | null;
  groups: string[];
  roles: {
    /**
     * May read the audit log.
     */
    auditor: boolean;
    /**
     * Operates Daypass.
     */
    operator: boolean;
  };
  assurance: Assurance;
  signIn: {
    /**
     * Starts with `sgn_`.
     */
    id: string;
    /**
     * browser or cli.
     */
    client: string;
    /**
     * When this sign-in ends.
     */
    expiresAt: string | null;
  };
}
export interface TotpEnrolment {
  /**
   * For the app, as a QR code or link. Shown once.
   */
  otpauthUri: string;
  /**
   * The same seed to type in by hand, base32. Shown once.
   */
  secret: string;
}
export interface CodeInput {
  /**
   * the six digits that the app shows
   */
  code: string;
}
export interface ChatLinkCode {
  /**
   * Type `/daypass link CODE` in the chat. One use.
   */
  code: string;
  /**
   * Until when.
   */
  expiresAt: string;
}
export interface ChatLink {
  /**
   * slack.
   */
  channel: string;
  /**
   * Id of the workspace, as the chat gives it.
   */
  workspace: string;
  /**
   * Id of the account there.
   */
  externalId: string;
  /**
   * Since when it stands for the person.
   */
  linkedAt: string;
}
export interface ChatLinks {
  items: ChatLink[];
}
export interface Account {
  /**
   * AWS account id, 12 digits.
   */
  id: string;
  name: string;
}
export interface Escalation {
  /**
   * When more people are asked.
   */
  at: string;
  /**
   * Whom, in words.
   */
  whom: string;
}
export interface Approvers {
  entitlement: string;
  /**
   * The step of its approval whose turn it is.
   */
  step: string;
  /**
   * The rule of the catalog.
   */
  rule: string;
  /**
   * How many different people are missing still.
   */
  needed: number;
  groups: string[];
  /**
   * Whom it asks, in words.
   */
  whom: string;
  /**
   * Who they are, of those who have signed in before; at most 20.
   */
  people: Person[];
  /**
   * When its turn came.
   */
  since: string;
  /**
   * When more people are asked; null where that is not foreseen, or has come.
   */
  escalates: Escalation | null;
}
export interface Step {
  name: string;
  /**
   * Whom it asks, in words.
   */
  whom: string;
  groups: string[];
  /**
   * How many different people.
   */
  count: number;
  /**
   * The condition under which it is asked for, in CEL; null: always.
   */
  when: string | null;
}
export interface Rule {
  name: string;
  /**
   * Denies it, or approves it without asking anybody.
   */
  effect: 'deny' | 'approve';
  /**
   * Why, in words.
   */
  because: string;
}
export interface Dropped {
  /**
   * The review of who may ask: starts with `elr_`.
   */
  review: string;
  /**
   * Since when.
   */
  since: string;
}
export interface AssuranceDemand {
  /**
   * How strongly somebody is proven, weakest first.
   */
  level: 'single-factor' | 'multi-factor' | 'phishing-resistant';
  /**
   * How long ago it may have been proven, in seconds; null means any age.
   */
  maxAgeSeconds: number | null;
}
export interface BreakGlass {
  /**
   * The longest grant. In seconds.
   */
  maxDurationSeconds: number;
  assurance: AssuranceDemand;
  followUp: {
    /**
     * Who looks at it afterwards, in words.
     */
    whom: string;
    /**
     * Within how long. In seconds.
     */
    withinSeconds: number;
  };
}
export interface Terms {
  /**
   * The longest grant. In seconds.
   */
  maxDurationSeconds: number;
  /**
   * Lifetime of one session. In seconds.
   */
  sessionSeconds: number;
  /**
   * An unanswered request expires after this. In seconds.
   */
  requestExpiresSeconds: number;
  /**
   * A regular expression that the whole ticket must match; null when none is needed.
   */
  ticketPattern: string | null;
  /**
   * A ticket validator must say that it is good, too.
   */
  ticketValidated: boolean;
  assurance: {
    ask: AssuranceDemand;
    approve: AssuranceDemand;
    issue: AssuranceDemand;
  };
  ask: {
    /**
     * Membership of any one is enough.
     */
    groups: string[];
  };
  approve: {
    /**
     * Membership of any one is enough.
     */
    groups: string[];
    /**
     * How many different people, in all steps.
     */
    count: number;
    /**
     * Taken in order; one person counts once in all of them.
     */
    steps: Step[];
  };
  /**
   * On what terms the caller may take it without asking anybody; null: they may not.
   */
  breakGlass: BreakGlass | null;
  /**
   * Conditions that decide without people.
   */
  rules: Rule[];
}
export interface ResourceTag {
  key: string;
  values: string[];
}
export interface PickedParameter {
  name: string;
  value: string;
}
export interface PickedChoice {
  name: string;
  description: string;
  parameters: PickedParameter[];
  /**
   * What is let through of the role's own permissions.
   */
  actions: string[];
  /**
   * On what: ARNs, or `*`.
   */
  resources: string[];
  /**
   * Only on resources with one of the values for each key.
   */
  resourceTags: ResourceTag[];
}
export interface Parameter {
  name: string;
  /**
   * What kind of value.
   */
  type: string;
  description: string;
  /**
   * What a value looks like.
   */
  form: string;
  /**
   * The only values there are; null: any of that form.
   */
  values: string[] | null;
  maxLength: number;
}
export interface Choice {
  name: string;
  description: string;
  /**
   * What to fill in where `{name}` stands.
   */
  parameters: Parameter[];
  /**
   * What is let through of the role's own permissions.
   */
  actions: string[];
  /**
   * On what: ARNs, or `*`.
   */
  resources: string[];
  /**
   * Only on resources with one of the values for each key.
   */
  resourceTags: ResourceTag[];
}
export interface Entitlement {
  /**
   * Named like a path: `prod/admin`.
   */
  id: string;
  description: string;
  account: Account;
  /**
   * What gives the access.
   */
  target: 'role' | 'permission-set';
  terms: Terms;
  /**
   * How, where and when its sessions work, one line for people each.
   */
  conditions: string[];
  /**
   * Narrower forms that a request can pick.
   */
  choices: Choice[];
  /**
   * Whether one of them must be picked.
   */
  choiceRequired: boolean;
  /**
   * Whether the caller may ask for it.
   */
  mayAsk: boolean;
  /**
   * Why the caller may not ask any more, though the rules would let them; null: no review dropped them.
   */
  dropped: Dropped | null;
  /**
   * Whether the caller may approve requests of others for it.
   */
  mayApprove: boolean;
  /**
   * Who would be asked; at most 20, never the caller.
   */
  approvers: Person[];
  /**
   * The rule that lets the caller know of it, or by which they may not ask any more.
   */
  rule: string;
  catalogVersion: string;
}
export interface Bundle {
  /**
   * What a request names instead of them.
   */
  name: string;
  /**
   * Each by its own rules.
   */
  entitlements: string[];
}
export interface EntitlementPage {
  items: Entitlement[];
  /**
   * Names that stand for several, all of which the caller may ask for.
   */
  bundles: Bundle[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface FoundParameter {
  name: string;
  description: string;
  /**
   * Where the resource says it.
   */
  value: string | null;
}
export interface FoundChoice {
  name: string;
  description: string;
  parameters: FoundParameter[];
}
export interface FoundEntitlement {
  id: string;
  description: string;
  account: Account;
  /**
   * What gives the access.
   */
  target: 'role' | 'permission-set';
  /**
   * The choice to pick; null: all of it.
   */
  choice: FoundChoice | null;
  /**
   * may-allow: the catalog does not say that the role allows it, or says otherwise. AWS decides.
   */
  certainty: 'allows' | 'may-allow';
  /**
   * Why, as a part of a sentence.
   */
  because: string;
  /**
   * How, where and when its sessions work, one line for people each.
   */
  conditions: string[];
  /**
   * The longest grant. In seconds.
   */
  maxDurationSeconds: number;
  /**
   * Whether the caller may ask for it.
   */
  mayAsk: boolean;
}
export interface FindAnswer {
  /**
   * From narrow to wide.
   */
  items: FoundEntitlement[];
  catalogVersion: string;
}
export interface ExplainedCheck {
  name: 'active' | 'visible' | 'ask' | 'terms' | 'assurance';
  ok: boolean;
  /**
   * The rule that says so.
   */
  rule: string;
  /**
   * Why, in words.
   */
  reason: string;
}
export interface ExplainedRule {
  rule: string;
  effect: 'deny' | 'approve';
  /**
   * Whether the condition holds; unknown: something that it needs is not known.
   */
  answer: 'yes' | 'no' | 'unknown';
  /**
   * Why there is no answer.
   */
  reason: string | null;
  /**
   * What the catalog says it is for.
   */
  because: string;
}
export interface ExplainedCondition {
  /**
   * In CEL.
   */
  text: string;
  /**
   * Whether the condition holds; unknown: something that it needs is not known.
   */
  answer: 'yes' | 'no' | 'unknown';
  /**
   * Why there is no answer.
   */
  reason: string | null;
}
export interface ExplainedEscalation {
  /**
   * How long nobody has answered. In seconds.
   */
  afterSeconds: number;
  /**
   * Whom, in words.
   */
  whom: string;
  people: Person[];
}
export interface ExplainedStep {
  name: string;
  rule: string;
  /**
   * Whom it asks, in words.
   */
  whom: string;
  /**
   * How many different people.
   */
  needed: number;
  /**
   * False: its condition does not hold.
   */
  asked: boolean;
  condition: ExplainedCondition | null;
  /**
   * Who they are now, at most 20.
   */
  people: Person[];
  escalates: ExplainedEscalation | null;
  /**
   * To whom it may be handed over, in words; null: to nobody.
   */
  delegates: string | null;
}
export interface ExplainedSchedule {
  name: string;
  known: boolean;
  /**
   * Why nobody is known to be on call.
   */
  because: string | null;
}
export interface DecidingRule {
  rule: string;
  because: string;
}
export interface Assumed {
  /**
   * When it would be asked.
   */
  at: string;
  /**
   * For how long. In seconds.
   */
  durationSeconds: number;
  /**
   * With which ticket.
   */
  ticket: string | null;
  reason: string;
  assurance: {
    /**
     * How strongly somebody is proven, weakest first.
     */
    level: 'single-factor' | 'multi-factor' | 'phishing-resistant';
    /**
     * How long ago it was proven. In seconds.
     */
    ageSeconds: number;
  };
  /**
   * From which address; null: not known.
   */
  address: string | null;
}
export interface Explanation {
  entitlement: string;
  catalogVersion: string;
  person: Person;
  assumed: Assumed;
  /**
   * refused: no request would come about. approved: a rule approves it. people: the steps are asked.
   */
  outcome: 'refused' | 'approved' | 'people';
  /**
   * In the order in which they are made; the first that does not hold refuses.
   */
  checks: ExplainedCheck[];
  rules: ExplainedRule[];
  /**
   * Null: people decide.
   */
  decidedBy: DecidingRule | null;
  steps: ExplainedStep[];
  /**
   * The first step that nobody who is known could meet, each person counting once; null: all could be.
   */
  unsatisfiable: string | null;
  /**
   * Those that its rules and steps ask.
   */
  schedules: ExplainedSchedule[];
  assurance: {
    ask: AssuranceDemand;
    approve: AssuranceDemand;
    issue: AssuranceDemand;
  };
}
export interface Option {
  /**
   * the name of one of its choices
   */
  choice: string;
  /**
   * a value for each parameter of the choice
   */
  parameters?: {
    [k: string]: string;
  };
}
export interface RequestInput {
  /**
   * @minItems 1
   * @maxItems 10
   *
   * Items: the id of an entitlement, a path in lower case such as prod/admin; or the name of a bundle
   */
  entitlements:
    | [string]
    | [string, string]
    | [string, string, string]
    | [string, string, string, string]
    | [string, string, string, string, string]
    | [string, string, string, string, string, string]
    | [string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string];
  /**
   * What entitlements are narrowed to, by id; one that is not here is asked for as a whole.
   */
  options?: {
    [k: string]: Option;
  };
  /**
   * How long, in seconds.
   */
  durationSeconds: number;
  /**
   * The colleague whose access it is: an id, or the exact email address of one person; left out: my own.
   */
  for?: string | null;
  /**
   * Take it at once, without asking anybody: for those whom the catalog names. Everybody concerned is told, and somebody else looks at it afterwards.
   */
  breakGlass?: boolean;
  /**
   * Why. Approvers and auditors read it.
   */
  reason: string;
  ticket?: string | null;
  /**
   * When to start; left out: as soon as it is approved.
   */
  startAt?: string | null;
}
export interface Narrowing {
  /**
   * Less time, in seconds.
   */
  durationSeconds?: number;
  /**
   * Those that stay.
   *
   * @minItems 1
   * @maxItems 10
   */
  entitlements?:
    | [string]
    | [string, string]
    | [string, string, string]
    | [string, string, string, string]
    | [string, string, string, string, string]
    | [string, string, string, string, string, string]
    | [string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string];
}
export interface ReviewInput {
  decision: 'approve' | 'deny';
  /**
   * The digest of the request as it was read.
   */
  digest: string;
  comment?: string | null;
  narrow?: Narrowing;
}
export interface Review {
  id: string;
  reviewer: Person;
  decision: 'approve' | 'deny';
  /**
   * In their own words.
   */
  comment: string | null;
  /**
   * browser, cli or slack.
   */
  via: string;
  /**
   * For whom they answered, by a right that was handed to them.
   */
  onBehalfOf: Person | null;
  /**
   * When.
   */
  createdAt: string;
  /**
   * When they took it back; null: it stands.
   */
  withdrawnAt: string | null;
}
export interface CommentInput {
  /**
   * Everybody who sees the request reads it.
   */
  text: string;
  /**
   * Asks those whom the request is about; for those who may answer it. Until they say something, reminders go to them.
   */
  question?: boolean;
}
export interface Comment {
  /**
   * Starts with `cmt_`.
   */
  id: string;
  author: Person;
  /**
   * In their own words; null once erased.
   */
  text: string | null;
  /**
   * Asks those whom the request is about.
   */
  question: boolean;
  /**
   * When.
   */
  createdAt: string;
}
export interface Question {
  by: Person;
  /**
   * When it was asked.
   */
  at: string;
  /**
   * In their own words; null once erased.
   */
  text: string | null;
}
export interface RequestedEntitlement {
  id: string;
  description: string;
  account: Account;
  /**
   * What gives the access.
   */
  target: 'role' | 'permission-set';
  /**
   * What it is narrowed to; null: all of it.
   */
  choice: PickedChoice | null;
  /**
   * How, where and when its sessions work, one line for people each.
   */
  conditions: string[];
}
export interface RequestGrant {
  id: string;
  entitlement: string;
  state: 'scheduled' | 'activating' | 'active' | 'failed' | 'ending' | 'ended';
  /**
   * When it starts.
   */
  startsAt: string;
  /**
   * When it ends.
   */
  endsAt: string;
}
export interface RequestWarning {
  entitlement: string;
  /**
   * What was looked at, such as `role` or `trust-others`.
   */
  check: string;
  level: 'warning' | 'error';
  /**
   * It cannot be approved while this is so.
   */
  stops: boolean;
  /**
   * One sentence for people.
   */
  message: string;
}
export interface RuleApproval {
  entitlement: string;
  rule: string;
  /**
   * Why, in the words of the catalog.
   */
  because: string;
}
export interface Overlap {
  /**
   * The id of the grant.
   */
  grant: string;
  entitlement: string;
  state: 'scheduled' | 'activating' | 'active' | 'failed' | 'ending' | 'ended';
  /**
   * When it starts.
   */
  startsAt: string;
  /**
   * When it ends.
   */
  endsAt: string;
  /**
   * Whether it could be asked to end later instead, by as long as was asked for.
   */
  extendable: boolean;
}
export interface Extension {
  /**
   * The id of the grant.
   */
  grant: string;
  /**
   * When it ended as it was asked for. Moved since, it is not extended.
   */
  from: string;
  /**
   * When it ends once this is approved.
   */
  to: string;
}
export interface Sponsorship {
  /**
   * Who answers for them; null: nobody, or nobody who has signed in before.
   */
  sponsor: Person | null;
  /**
   * When they stop being eligible; null: the catalog does not name them.
   */
  until: string | null;
}
export interface Request {
  /**
   * Starts with `req_`; null in a dry run, where nothing was made.
   */
  id: string | null;
  requester: Person;
  askedBy: Person;
  /**
   * That the requester is from outside; null: they are not.
   */
  outside: Sponsorship | null;
  entitlements: RequestedEntitlement[];
  /**
   * Names of the bundles that it was asked by.
   */
  bundles: string[];
  /**
   * Whether its user gave it to themselves, by break-glass: see /v1/follow-ups.
   */
  breakGlass: boolean;
  /**
   * The live grant that is to end later; null where a new one is asked for.
   */
  extends: Extension | null;
  /**
   * How long. In seconds.
   */
  durationSeconds: number;
  /**
   * Why; null once erased.
   */
  reason: string | null;
  /**
   * The ticket it belongs to.
   */
  ticket: string | null;
  /**
   * When it is to start; null: as soon as it is approved.
   */
  startAt: string | null;
  state: 'pending' | 'approved' | 'denied' | 'cancelled' | 'expired';
  /**
   * What a review must name: it stands for exactly this request.
   */
  digest: string;
  catalogVersion: string;
  /**
   * When it was submitted.
   */
  createdAt: string;
  /**
   * Unanswered, it expires then.
   */
  expiresAt: string;
  /**
   * When it left the state pending.
   */
  decidedAt: string | null;
  /**
   * Whose answer is still missing.
   */
  waitingFor: Approvers[];
  /**
   * What rules approve without anybody being asked.
   */
  approvedByRule: RuleApproval[];
  reviews: Review[];
  /**
   * What was said about it, oldest first.
   */
  comments: Comment[];
  /**
   * What those it is about were asked last and have not answered; null once decided.
   */
  question: Question | null;
  /**
   * One per entitlement once approved.
   */
  grants: RequestGrant[];
  /**
   * What was seen in AWS that speaks against it, and steps that nobody who is known could answer (`nobody-eligible`); empty once decided.
   */
  warnings: RequestWarning[];
  /**
   * In the answer to asking only: what the caller holds already of it, at that time.
   */
  overlaps?: Overlap[];
  /**
   * In the answer to asking only: ids of the caller's own pending requests for the same.
   */
  pendingSame?: string[];
  /**
   * In the answer to asking only: when access would start, were it approved now.
   */
  wouldStartAt?: string;
  /**
   * In the answer to asking only: when access would end, were it approved now.
   */
  wouldEndAt?: string;
  /**
   * Whether the caller may review it now.
   */
  mayReview: boolean;
  /**
   * Whether the caller may cancel it now.
   */
  mayCancel: boolean;
  /**
   * Whether the caller may comment on it now.
   */
  mayComment: boolean;
  /**
   * Whether the caller may ask a question about it now.
   */
  mayAskBack: boolean;
  /**
   * Whether the caller has an answer that can be taken back.
   */
  mayWithdraw: boolean;
}
export interface RequestPage {
  items: Request[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface DelegationInput {
  /**
   * To whom: the id of a person, or the exact address of just one.
   */
  delegate: string;
  /**
   * From when, in UTC; left out: from now. At most 30 days ahead.
   */
  startsAt?: string | null;
  /**
   * Until when, in UTC: at most 30 days later.
   */
  endsAt: string;
  /**
   * For which entitlements: ids, or patterns such as `prod/*`, in which `*` stands for any characters; left out: all that I may answer.
   *
   * @minItems 1
   * @maxItems 20
   */
  entitlements?:
    | [string]
    | [string, string]
    | [string, string, string]
    | [string, string, string, string]
    | [string, string, string, string, string]
    | [string, string, string, string, string, string]
    | [string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string, string, string, string]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string
      ]
    | null;
  /**
   * Why. Recorded.
   */
  because: string;
}
export interface Delegation {
  /**
   * Starts with `dlg_`.
   */
  id: string;
  principal: Person;
  delegate: Person;
  /**
   * From when.
   */
  startsAt: string;
  /**
   * Until when.
   */
  endsAt: string;
  /**
   * Ids and patterns; null: everything that the principal may answer.
   */
  entitlements: string[] | null;
  /**
   * Why.
   */
  because: string;
  /**
   * When it was made.
   */
  createdAt: string;
  /**
   * When it was ended before its time.
   */
  endedAt: string | null;
  /**
   * By whom; null when nobody did, and when Daypass did after a restore.
   */
  endedBy: Person | null;
  /**
   * Of somebody who is deactivated it counts for nothing, whatever this says.
   */
  state: 'upcoming' | 'active' | 'over' | 'ended';
  /**
   * Whether the caller may end it now.
   */
  mayEnd: boolean;
}
export interface DelegationPage {
  items: Delegation[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface FollowUp {
  /**
   * Starts with `fup_`.
   */
  id: string;
  kind: 'break-glass';
  state: 'owed' | 'done' | 'overdue';
  /**
   * The request by which it was used.
   */
  request: string;
  entitlement: string;
  account: Account;
  person: Person;
  /**
   * Why it was used, in their words.
   */
  reason: string | null;
  /**
   * How long it could be used. In seconds.
   */
  durationSeconds: number;
  /**
   * When.
   */
  usedAt: string;
  /**
   * When somebody must have looked at it.
   */
  dueAt: string;
  /**
   * Since when it has been overdue; null: it never was.
   */
  overdueAt: string | null;
  /**
   * Who may look at it now, in words.
   */
  whom: string;
  verdict: ('justified' | 'not-justified') | null;
  /**
   * What was found, in the words of whoever looked.
   */
  comment: string | null;
  doneBy: Person | null;
  /**
   * When somebody had looked.
   */
  doneAt: string | null;
  /**
   * Whether the caller may look at it now.
   */
  mayFinish: boolean;
}
export interface FollowUpPage {
  items: FollowUp[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface FollowUpInput {
  verdict: 'justified' | 'not-justified';
  /**
   * What was found. Whoever used it, operators and auditors read it.
   */
  comment: string;
}
export interface PastGrant {
  id: string;
  state: 'scheduled' | 'activating' | 'active' | 'failed' | 'ending' | 'ended';
  /**
   * When it started.
   */
  startsAt: string;
  /**
   * When it ended, or will.
   */
  endsAt: string;
  /**
   * Whether credentials were issued under it; null where Daypass does not see it.
   */
  used: boolean | null;
  /**
   * How many sessions were issued.
   */
  sessions: number;
  /**
   * When the last one was.
   */
  lastSessionAt: string | null;
  /**
   * From its first session to the end of its last; null when not used. In seconds.
   */
  usedSeconds: number | null;
}
export interface NarrowerForm {
  id: string;
  description: string;
  /**
   * The choice to pick; null: all of it.
   */
  choice: string | null;
  actions: string[];
  /**
   * The longest grant. In seconds.
   */
  maxDurationSeconds: number;
}
export interface EntitlementInsight {
  id: string;
  /**
   * The last grants of it that the requester had, newest first; at most 5.
   */
  lastGrants: PastGrant[];
  /**
   * When they last got credentials by any of them; null: never.
   */
  lastUsedAt: string | null;
  /**
   * How long they use it, in the median of the last 20; null when never. In seconds.
   */
  typicalUseSeconds: number | null;
  /**
   * How often they asked for it in 90 days, this request not counted.
   */
  asked: number;
  /**
   * How many of those were denied.
   */
  denied: number;
  /**
   * What it can do, as the catalog says; null where it does not say.
   */
  actions: string[] | null;
  /**
   * What its sessions can and cannot do besides, one line for people each.
   */
  limits: string[];
  /**
   * Less, that the requester may ask for instead: from narrow to wide; at most 10.
   */
  narrower: NarrowerForm[];
}
export interface Insight {
  request: string;
  entitlements: EntitlementInsight[];
}
export interface Grant {
  /**
   * Starts with `grt_`.
   */
  id: string;
  /**
   * The id of its request.
   */
  request: string;
  person: Person;
  entitlement: string;
  account: Account;
  /**
   * What gives the access.
   */
  target: 'role' | 'permission-set';
  /**
   * Whether its user gave it to themselves, by break-glass.
   */
  breakGlass: boolean;
  /**
   * What of the entitlement it is narrowed to; null: all of it.
   */
  choice: PickedChoice | null;
  state: 'scheduled' | 'activating' | 'active' | 'failed' | 'ending' | 'ended';
  /**
   * When it starts.
   */
  startsAt: string;
  /**
   * When it ends at the latest.
   */
  endsAt: string;
  /**
   * expired, revoked or relinquished; null while it lives.
   */
  endedBecause: string | null;
  /**
   * Since when it has been ending.
   */
  endingSince: string | null;
  /**
   * When its end was certain.
   */
  endedAt: string | null;
  /**
   * After an early end: when AWS was read back to deny what was issued. A deny takes seconds as a rule to be in force everywhere, a few minutes at most.
   */
  deniedAt: string | null;
  /**
   * When an operator silenced the alarm of its ending. Its state is what it would be without.
   */
  silencedAt: string | null;
  /**
   * After this nothing issued under it can be used.
   */
  lastPossibleUse: string | null;
  /**
   * Why it failed.
   */
  failure: string | null;
  /**
   * Whether the caller may end it now.
   */
  mayEnd: boolean;
}
export interface GrantPage {
  items: Grant[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface EndGrantInput {
  /**
   * Why. Recorded.
   */
  because?: string | null;
}
export interface ExtendGrantInput {
  /**
   * How much longer, in seconds.
   */
  durationSeconds: number;
  /**
   * Why. Approvers and auditors read it.
   */
  reason: string;
  ticket?: string | null;
}
export interface SilenceInput {
  /**
   * why. Recorded.
   */
  because: string;
}
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /**
   * As STS said: when these credentials stop working.
   */
  expiration: string;
}
export interface Limit {
  name: string;
  /**
   * How long it allows. In seconds.
   */
  seconds: number;
  /**
   * Whether this limit was the shortest.
   */
  won: boolean;
}
export interface Exposure {
  /**
   * identity_proof: GetCallerIdentity, until the credentials expire. service_token: a token of a service, such as Amazon ECR. compute_role: work handed to the role of a service, such as Lambda or EC2. resource_policy: access given by the policy of a resource. open_connection: what is connected already. onward_role: roles assumed from the session. lasting_access: keys, users and trust made with it.
   */
  name: string;
  /**
   * How long after the end of the grant, in seconds; null means that nothing bounds it.
   */
  seconds: number | null;
}
export interface Session {
  /**
   * Starts with `ses_`.
   */
  sessionId: string;
  grantId: string;
  credentials: Credentials;
  /**
   * When access ends.
   */
  endsAt: string;
  /**
   * What limited the lifetime, and which limit won.
   */
  limits: Limit[];
  /**
   * The longest of the residual exposures that have a bound, after the grant ends. Those whose seconds are null are not in it. In seconds.
   */
  residualExposureSeconds: number;
  /**
   * What can outlive the grant, one by one, where the role allows it.
   */
  residualExposures: Exposure[];
}
export interface EndGrantsInput {
  /**
   * the id of an entitlement, or a pattern such as `prod/*`: `*` stands for any characters
   */
  entitlement: string;
  /**
   * why. Recorded with each of them.
   */
  because: string;
  /**
   * only in this account: an id of 12 digits
   */
  account?: string;
  /**
   * only of this person: prs_ and 26 characters
   */
  person?: string;
  /**
   * how many there are, as you have seen; nothing is ended without it
   */
  expect?: number;
}
export interface EndedGrants {
  /**
   * How many there are.
   */
  grants: number;
  /**
   * Of how many people.
   */
  people: number;
  byEntitlement: {
    entitlement: string;
    /**
     * How many for it.
     */
    grants: number;
  }[];
  /**
   * Those with the most of them first, up to 100.
   */
  byPerson: {
    person: Person;
    /**
     * How many of theirs.
     */
    grants: number;
  }[];
  /**
   * How many began to end; null when they were only counted. Those that ended by themselves meanwhile are not in it.
   */
  ended: number | null;
  /**
   * In how many transactions they were ended: one for up to 500, and 500 in each of them for more.
   */
  batches: number;
  /**
   * Ids of those that could not be ended. They are still what they were: ask again.
   */
  failed: string[];
}
export interface WaitingDeny {
  /**
   * The id of the ended grant.
   */
  grant: string;
  /**
   * The role, or the permission set, by its ARN.
   */
  target: string;
  /**
   * When it ended early.
   */
  since: string;
}
export interface Boundary {
  /**
   * An AWS account id.
   */
  account: string;
  /**
   * Since when its boundary policy could not be brought to what it should say; null: nothing stands in the way.
   */
  failingSince: string | null;
  /**
   * What stands in the way.
   */
  reason: string | null;
  /**
   * How often it was tried in vain since.
   */
  attempts: number;
  /**
   * When it is tried again, by itself.
   */
  nextTryAt: string | null;
  /**
   * When the policy was last read back as it should be.
   */
  readBackAt: string | null;
  /**
   * The version of the policy that was read back.
   */
  version: string | null;
  /**
   * Ended grants that the policy denies, or has to.
   */
  denies: number;
  /**
   * Those of them that were not read back yet, the oldest first, up to 20.
   */
  waiting: WaitingDeny[];
  /**
   * Codes in the policy that belong to no grant known here. They stay until what they deny has lapsed.
   */
  unknownCodes: string[];
}
export interface BoundaryPage {
  items: Boundary[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface ConsoleInput {
  /**
   * https address of the page of the AWS console to be led to; its home when left out.
   */
  destination?: string;
}
export interface ConsoleSignIn {
  /**
   * Signs in whoever opens it: a secret. It is shown once and kept nowhere.
   */
  url: string;
  /**
   * Until when the address can be opened.
   */
  expiresAt: string;
  /**
   * Starts with `ses_`.
   */
  sessionId: string;
  grantId: string;
  /**
   * When access in the console ends.
   */
  sessionEndsAt: string;
  /**
   * What limited the lifetime, and which limit won.
   */
  limits: Limit[];
  /**
   * The longest of the residual exposures that have a bound, after the grant ends. Those whose seconds are null are not in it. In seconds.
   */
  residualExposureSeconds: number;
  /**
   * What can outlive the grant, one by one, where the role allows it.
   */
  residualExposures: Exposure[];
}
export interface ClosureConfirmation {
  person: Person;
  /**
   * What they said they had checked.
   */
  because: string;
  /**
   * When.
   */
  confirmedAt: string;
}
export interface Closure {
  /**
   * Starts with `cls_`.
   */
  id: string;
  /**
   * When Daypass closed.
   */
  closedAt: string;
  /**
   * older_database: it lacks what was known to be in it. other_database: it is not the one that it was. damaged_anchor, forged_anchor: what is kept outside of the database cannot be believed.
   */
  reason: string;
  /**
   * The newest event that was known outside of the database.
   */
  anchorEvent: string | null;
  /**
   * Its time.
   */
  anchorTime: string | null;
  /**
   * The newest event in the database when it was closed. What happened between the two is lost.
   */
  databaseEvent: string | null;
  /**
   * Its time.
   */
  databaseTime: string | null;
  /**
   * When enough operators had confirmed.
   */
  openedAt: string | null;
  confirmations: ClosureConfirmation[];
  /**
   * How many operators have to confirm.
   */
  confirmationsNeeded: number;
  /**
   * What to look after before confirming.
   */
  check: string[];
}
export interface ClosureState {
  /**
   * Whether asking, answering, activating and issuing are refused.
   */
  closed: boolean;
  /**
   * Null while Daypass is open.
   */
  closure: Closure | null;
  /**
   * What keeps a restore from being noticed, for an operator to mend.
   */
  warnings: string[];
}
export interface ConfirmClosureInput {
  /**
   * what you have checked. Recorded.
   */
  because: string;
  /**
   * true: all that `check` lists was looked after
   */
  checked: true;
}
export interface CatalogApproval {
  person: Person;
  /**
   * When.
   */
  approvedAt: string;
}
export interface CatalogProposal {
  /**
   * Starts with `cpr_`.
   */
  id: string;
  /**
   * The digest that operators approve.
   */
  version: string;
  state: 'proposed' | 'approved' | 'rejected' | 'superseded';
  /**
   * When a file first said it.
   */
  proposedAt: string;
  approvals: CatalogApproval[];
  /**
   * How many operators have to approve.
   */
  approvalsNeeded: number;
  /**
   * When it was approved, rejected or superseded.
   */
  decidedAt: string | null;
  /**
   * Who rejected it, or gave the last approval it needed.
   */
  decidedBy: Person | null;
  /**
   * Why it was rejected.
   */
  because: string | null;
}
export interface CatalogInForce {
  version: string;
  /**
   * Since when.
   */
  since: string;
  /**
   * first: the database had none. operators: two approved it. signature: a key signed it. file: the file was taken as it is.
   */
  basis: string;
  /**
   * The id of the key that signed it.
   */
  signingKey: string | null;
  /**
   * What operators approved.
   */
  proposal: CatalogProposal | null;
}
export interface CatalogProblem {
  line: number;
  column: number;
  /**
   * JSON Pointer (RFC 6901).
   */
  path: string;
  /**
   * What is wrong, and what to do.
   */
  message: string;
}
export interface CatalogFile {
  /**
   * What the file says; null when it cannot be used.
   */
  version: string | null;
  /**
   * How many problems it has.
   */
  problemCount: number;
  /**
   * The first of them.
   */
  problems: CatalogProblem[];
}
export interface Catalogs {
  /**
   * What puts a catalog in force here: CATALOG_TRUST.
   */
  trust: 'two-operators' | 'signature' | 'file';
  inForce: CatalogInForce | null;
  /**
   * What the process that answers works with: another one when it could not take over the catalog in force.
   */
  followed: string;
  /**
   * The open one first, then the newest.
   */
  proposals: CatalogProposal[];
  file: CatalogFile;
}
export interface CatalogText {
  version: string;
  /**
   * YAML, as it was first seen.
   */
  source: string;
  /**
   * When that was.
   */
  firstSeenAt: string;
}
export interface CatalogRightChange {
  /**
   * Who gains it, in words: `group engineers`.
   */
  gained: string[];
  /**
   * Who loses it.
   */
  lost: string[];
  /**
   * How many people who are known now gain it by a group or by name.
   */
  peopleGained: number;
  /**
   * How many lose it.
   */
  peopleLost: number;
}
export interface CatalogTermChange {
  /**
   * In words.
   */
  text: string;
  /**
   * Whether more can be had by it, or by more people; unclear: only people can tell.
   */
  effect: 'widens' | 'narrows' | 'neither' | 'unclear';
}
export interface EntitlementChange {
  id: string;
  kind: 'added' | 'removed' | 'changed';
  /**
   * Whether more can be had by it, or by more people; unclear: only people can tell.
   */
  effect: 'widens' | 'narrows' | 'neither' | 'unclear';
  ask: CatalogRightChange;
  approve: CatalogRightChange;
  terms: CatalogTermChange[];
}
export interface EffectCounts {
  widens: number;
  unclear: number;
  narrows: number;
  neither: number;
}
export interface CatalogChanges {
  /**
   * The version in force.
   */
  before: string;
  after: string;
  counts: EffectCounts;
  /**
   * The first 200 entitlements that change; what widens comes first.
   */
  items: EntitlementChange[];
  /**
   * What changes beside entitlements, in words.
   */
  others: string[];
}
export interface RejectCatalogInput {
  /**
   * why. Recorded.
   */
  because: string;
}
export interface EligibilityReview {
  /**
   * Starts with `elr_`.
   */
  id: string;
  entitlement: string;
  state: 'open' | 'closed';
  /**
   * When it was opened.
   */
  openedAt: string;
  /**
   * Whoever was not answered for by then may not ask any more.
   */
  dueAt: string;
  /**
   * When it was closed.
   */
  closedAt: string | null;
  /**
   * `withdrawn`: the catalog does not review it any more, and nobody was dropped for it.
   */
  closedBecause: 'due' | 'withdrawn' | null;
  /**
   * The catalog by which people could ask.
   */
  catalogVersion: string;
  counts: {
    /**
     * Who could ask when it was opened.
     */
    people: number;
    kept: number;
    dropped: number;
    /**
     * Nobody answered for them in time.
     */
    lapsed: number;
    unanswered: number;
    unused: number;
  };
  /**
   * Whether the caller is an owner.
   */
  mayAnswer: boolean;
}
export interface EligibilityItem {
  person: Person;
  /**
   * The group by which they may ask; null: they are named.
   */
  group: string | null;
  /**
   * How many grants they had.
   */
  uses: number;
  /**
   * When they last used it.
   */
  lastUseAt: string | null;
  /**
   * Not for as long as the catalog says, or never.
   */
  unused: boolean;
  decision: 'keep' | 'drop' | 'lapsed' | null;
  decidedBy: Person | null;
  /**
   * When.
   */
  decidedAt: string | null;
  /**
   * In the words of the owner.
   */
  comment: string | null;
}
export interface EligibilityReviewPage {
  items: EligibilityReview[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface EligibilityReviewItems {
  /**
   * Starts with `elr_`.
   */
  id: string;
  entitlement: string;
  state: 'open' | 'closed';
  /**
   * When it was opened.
   */
  openedAt: string;
  /**
   * Whoever was not answered for by then may not ask any more.
   */
  dueAt: string;
  /**
   * When it was closed.
   */
  closedAt: string | null;
  /**
   * `withdrawn`: the catalog does not review it any more, and nobody was dropped for it.
   */
  closedBecause: 'due' | 'withdrawn' | null;
  /**
   * The catalog by which people could ask.
   */
  catalogVersion: string;
  counts: {
    /**
     * Who could ask when it was opened.
     */
    people: number;
    kept: number;
    dropped: number;
    /**
     * Nobody answered for them in time.
     */
    lapsed: number;
    unanswered: number;
    unused: number;
  };
  /**
   * Whether the caller is an owner.
   */
  mayAnswer: boolean;
  /**
   * People, by their ids.
   */
  items: EligibilityItem[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface EligibilityAnswerInput {
  /**
   * the id of a person: prs_ and 26 characters
   */
  person: string;
  decision: 'keep' | 'drop';
  comment?: string | null;
}
export interface PreflightFinding {
  entitlement: string;
  /**
   * Account id.
   */
  account: string;
  /**
   * What was looked at.
   */
  check:
    | 'account'
    | 'inspector'
    | 'deny-writer'
    | 'boundary-policy'
    | 'role'
    | 'trust'
    | 'trust-others'
    | 'external-id'
    | 'boundary'
    | 'not-principal'
    | 'max-session'
    | 'permission-set'
    | 'session-duration'
    | 'session-size';
  /**
   * `unknown`: it could not be looked at, so nothing is known.
   */
  level: 'ok' | 'info' | 'unknown' | 'warning' | 'error';
  /**
   * Nothing is approved while this is so: access could not be given.
   */
  stops: boolean;
  /**
   * What was seen, and what to do.
   */
  message: string;
}
export interface PreflightEntry {
  entitlement: string;
  account: Account;
  /**
   * The worst of its findings.
   */
  verdict: 'ok' | 'unknown' | 'warning' | 'error';
  /**
   * When; null: it was not looked at yet as it is in the catalog now.
   */
  checkedAt: string | null;
  /**
   * Seen too long ago to count.
   */
  stale: boolean;
  findings: PreflightFinding[];
}
export interface PreflightPage {
  items: PreflightEntry[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface PreflightRunInput {
  /**
   * the id of an entitlement: a path in lower case such as prod/admin
   */
  entitlement?: string;
}
export interface PreflightRun {
  /**
   * When the look was asked for: what was checked since is of this look.
   */
  startedAt: string;
  /**
   * False: it goes on in the background.
   */
  finished: boolean;
}
export interface AuditActor {
  /**
   * person, system or stranger.
   */
  type: string;
  /**
   * Who.
   */
  id: string | null;
  /**
   * Their name, unless erased.
   */
  name: string | null;
}
export interface AuditEvent {
  /**
   * Starts with `evt_`.
   */
  id: string;
  /**
   * When.
   */
  time: string;
  /**
   * `object.verb`, such as `session.issued`.
   */
  kind: string;
  /**
   * success, failure, denied or unknown.
   */
  outcome: string;
  actor: AuditActor;
  /**
   * The person it happened to.
   */
  subject: string | null;
  /**
   * Entitlement id.
   */
  entitlement: string | null;
  /**
   * AWS account id.
   */
  account: string | null;
  /**
   * Request id.
   */
  request: string | null;
  /**
   * Grant id.
   */
  grant: string | null;
  /**
   * Session id.
   */
  session: string | null;
  /**
   * AWS access key id.
   */
  accessKeyId: string | null;
  /**
   * Network address of the caller, unless erased.
   */
  address: string | null;
  /**
   * The id of the call, as in logs.
   */
  requestId: string | null;
  /**
   * The rule that decided.
   */
  rule: string | null;
  /**
   * The catalog it is from.
   */
  catalogVersion: string | null;
  /**
   * Facts that depend on the kind.
   */
  details: {
    [k: string]: unknown;
  };
}
export interface AuditEventPage {
  items: AuditEvent[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
