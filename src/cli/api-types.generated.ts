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
export interface Approvers {
  /**
   * The rule of the catalog.
   */
  rule: string;
  /**
   * How many different people.
   */
  needed: number;
  groups: string[];
  /**
   * People in those groups who have signed in before; at most 50.
   */
  people: Person[];
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
     * How many different people.
     */
    count: number;
  };
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
   * Whether the caller may ask for it.
   */
  mayAsk: boolean;
  /**
   * Whether the caller may approve requests of others for it.
   */
  mayApprove: boolean;
  /**
   * Who would be asked; at most 20, never the caller.
   */
  approvers: Person[];
  /**
   * The rule that lets the caller know of it.
   */
  rule: string;
  catalogVersion: string;
}
export interface EntitlementPage {
  items: Entitlement[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
}
export interface RequestInput {
  /**
   * @minItems 1
   * @maxItems 10
   *
   * Items: the id of an entitlement: a path in lower case such as prod/admin
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
   * How long, in seconds.
   */
  durationSeconds: number;
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
export interface ReviewInput {
  decision: 'approve' | 'deny';
  /**
   * The digest of the request as it was read.
   */
  digest: string;
  comment?: string | null;
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
   * When.
   */
  createdAt: string;
}
export interface RequestedEntitlement {
  id: string;
  description: string;
  account: Account;
  /**
   * What gives the access.
   */
  target: 'role' | 'permission-set';
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
export interface Request {
  /**
   * Starts with `req_`; null in a dry run, where nothing was made.
   */
  id: string | null;
  requester: Person;
  entitlements: RequestedEntitlement[];
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
  reviews: Review[];
  /**
   * One per entitlement once approved.
   */
  grants: RequestGrant[];
  /**
   * Whether the caller may review it now.
   */
  mayReview: boolean;
  /**
   * Whether the caller may cancel it now.
   */
  mayCancel: boolean;
}
export interface RequestPage {
  items: Request[];
  /**
   * `cursor` of the next page; null at the end.
   */
  next: string | null;
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
