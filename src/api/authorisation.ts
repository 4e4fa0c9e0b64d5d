import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';

// The one table of who may do what at the edge. A route, a GraphQL field or a page that is not in it cannot be registered.
// What a person may see or do with one particular request or grant is decided in the use cases, where it is known.

/** Who may call: anyone at all, people who are signed in, or only members of the auditors' or operators' group. */
export type Who = 'anyone' | 'signed-in' | 'auditor' | 'operator';

/**
 * What proves the caller: a bearer token, the session cookie, a signature that the operation itself checks, or nothing.
 * An operation takes its one kind and ignores the others.
 */
export type Credential = 'none' | 'bearer' | 'cookie' | 'signature';

export interface Rule {
  readonly who: Who;
  readonly credential: Credential;
  /** What it is for, or why it is as open as it is. */
  readonly note: string;
}

const rule = (who: Who, credential: Credential, note: string): Rule => ({ who, credential, note });

/** Every HTTP operation: REST, pages, sign-in and callbacks. */
export const operations = {
  getMe: rule('signed-in', 'bearer', 'Who I am.'),
  listEntitlements: rule('signed-in', 'bearer', 'What I may ask for.'),
  getEntitlement: rule('signed-in', 'bearer', 'One of them; hidden ones answer 404.'),
  explainEntitlement: rule(
    'signed-in',
    'bearer',
    'Why I would get it or not; for others only operators and auditors may, decided in the use case.',
  ),
  findEntitlements: rule('signed-in', 'bearer', 'Among those that I may see.'),
  submitRequest: rule('signed-in', 'bearer', 'Ask; the catalog decides for what.'),
  listRequests: rule('signed-in', 'bearer', 'Requests that I may see.'),
  getRequest: rule('signed-in', 'bearer', 'One of them.'),
  cancelRequest: rule('signed-in', 'bearer', 'The requester only, decided in the use case.'),
  reviewRequest: rule('signed-in', 'bearer', 'Approvers only, decided in the use case.'),
  withdrawReview: rule('signed-in', 'bearer', 'My own answer, decided in the use case.'),
  createDelegation: rule('signed-in', 'bearer', 'My own right; the catalog decides to whom.'),
  listDelegations: rule('signed-in', 'bearer', "Mine; everybody's for operators and auditors."),
  endDelegation: rule('signed-in', 'bearer', 'Of it, or an operator, decided in the use case.'),
  listFollowUps: rule('signed-in', 'bearer', 'Those of requests that I may see.'),
  finishFollowUp: rule(
    'signed-in',
    'bearer',
    'Whom the catalog names, never whoever used it: decided in the use case.',
  ),
  commentOnRequest: rule('signed-in', 'bearer', 'Those it is about and approvers, decided in the use case.'),
  getInsight: rule('signed-in', 'bearer', 'Approvers, operators and auditors, decided in the use case.'),
  listGrants: rule('signed-in', 'bearer', 'Grants that I may see.'),
  getGrant: rule('signed-in', 'bearer', 'One of them.'),
  extendGrant: rule('signed-in', 'bearer', 'Owner, decided in the use case; approved like any request.'),
  endGrant: rule('signed-in', 'bearer', 'Owner, its approvers or operator, decided in the use case.'),
  endGrants: rule('operator', 'bearer', 'Many at once, by a pattern; the number must be confirmed.'),
  silenceEnding: rule('operator', 'bearer', 'Silences an alarm and changes no state.'),
  listBoundaries: rule('signed-in', 'bearer', 'Operators and auditors, decided in the use case.'),
  issueSession: rule('signed-in', 'bearer', 'Credentials, for the owner of the grant only.'),
  openConsole: rule('signed-in', 'bearer', 'A way into the console, for the owner of the grant only.'),
  listPreflight: rule('operator', 'bearer', 'What was seen in AWS, with who else can get in.'),
  runPreflight: rule('operator', 'bearer', 'Look at AWS now.'),
  listAuditEvents: rule('auditor', 'bearer', 'The audit log.'),
  enrolTotp: rule('signed-in', 'bearer', 'A one-time-code app for myself.'),
  confirmTotp: rule('signed-in', 'bearer', 'The first code proves that the app works.'),
  verifyTotp: rule('signed-in', 'bearer', 'Raises the assurance of this sign-in.'),
  resetTotp: rule('operator', 'bearer', "Takes away a person's lost factor."),
  createChatLink: rule(
    'signed-in',
    'bearer',
    'A one-use code that links my chat account; wants a fresh second factor.',
  ),
  listChatLinks: rule('signed-in', 'bearer', 'The chat accounts that stand for me.'),
  deleteChatLinks: rule('signed-in', 'bearer', 'Ends all of them.'),
  resetChatLinks: rule('operator', 'bearer', "Ends a person's, whose device or account is lost."),
  getClosure: rule('signed-in', 'bearer', 'Operators and auditors, decided in the use case.'),
  confirmClosure: rule('operator', 'bearer', 'Two of them open Daypass after a restore.'),
  listCatalogs: rule('signed-in', 'bearer', 'Operators and auditors, decided in the use case.'),
  getCatalog: rule('operator', 'bearer', 'The text of a catalog: everything that can be asked for.'),
  getCatalogChanges: rule('operator', 'bearer', 'What it would change, with how many people.'),
  approveCatalog: rule('operator', 'bearer', 'Two of them put a catalog in force.'),
  rejectCatalog: rule('operator', 'bearer', 'One of them keeps a catalog from it.'),
  listEligibilityReviews: rule('signed-in', 'bearer', 'Owners see their own, operators and auditors all.'),
  getEligibilityReview: rule('signed-in', 'bearer', 'One of them; hidden ones answer 404.'),
  answerEligibility: rule('signed-in', 'bearer', 'Owners only, decided in the use case.'),
  graphql: rule('signed-in', 'bearer', 'Each field has its own rule below.'),

  getHealth: rule('anyone', 'none', 'Says only that the process answers.'),
  getReadiness: rule('anyone', 'none', 'Names parts that are not ready, nothing else.'),
  getMetrics: rule('anyone', 'none', 'Totals only: no names, ids or addresses.'),
  getOpenapi: rule('anyone', 'none', 'The public contract.'),
  getStylesheet: rule('anyone', 'none', 'Looks.'),

  startSignIn: rule('anyone', 'cookie', 'Signing in, and stepping up an existing sign-in.'),
  finishSignIn: rule('anyone', 'cookie', 'The identity provider sends the browser back here.'),
  endBrowserSignIn: rule('anyone', 'cookie', 'Signing out; form token checked when signed in.'),
  authorizeClient: rule('anyone', 'cookie', 'Start of the command-line sign-in; goes on to the provider.'),
  confirmClientSignIn: rule(
    'anyone',
    'none',
    "The sign-in cookie and the form's one-use token are the proof.",
  ),
  exchangeCode: rule('anyone', 'none', 'The code and its PKCE verifier are the proof.'),
  revokeToken: rule('anyone', 'none', 'Whoever holds a token may end it (RFC 7009).'),
  issuerMetadata: rule('anyone', 'none', 'Public discovery document (RFC 8414).'),
  slackCallback: rule('anyone', 'signature', "Slack's signature over the raw body."),

  showHome: rule('anyone', 'cookie', 'A sign-in button for strangers, my work for people.'),
  showNewRequest: rule('signed-in', 'cookie', 'The form to ask.'),
  sendNewRequest: rule('signed-in', 'cookie', 'Ask.'),
  showRequest: rule('signed-in', 'cookie', 'One request; hidden ones answer 404.'),
  sendReview: rule('signed-in', 'cookie', 'Approve or deny.'),
  sendCancel: rule('signed-in', 'cookie', 'Cancel my request.'),
  sendFollowUp: rule('signed-in', 'cookie', 'What I found when I looked at a use of break-glass.'),
  sendComment: rule('signed-in', 'cookie', 'Comment on a request, or ask back.'),
  sendWithdraw: rule('signed-in', 'cookie', 'Take back my answer.'),
  sendEndGrant: rule('signed-in', 'cookie', 'End a grant.'),
  showFactors: rule('signed-in', 'cookie', 'My second factor.'),
  sendEnrolTotp: rule('signed-in', 'cookie', 'Enrol a one-time-code app.'),
  sendConfirmTotp: rule('signed-in', 'cookie', 'Confirm it.'),
  sendVerifyTotp: rule('signed-in', 'cookie', 'Prove it now.'),
} as const satisfies Record<string, Rule>;
export type OperationId = keyof typeof operations;

const inherits = 'Reached only through a root field, whose rule and use case decided what is in it.';

/** GraphQL: each root field by name; `Type.*` is for the fields of an object that a root field gave out. */
export const graphqlFields: Readonly<Record<string, Rule>> = {
  'Query.me': operations.getMe,
  'Query.entitlements': operations.listEntitlements,
  'Query.entitlement': operations.getEntitlement,
  'Query.bundles': operations.listEntitlements,
  'Query.find': operations.findEntitlements,
  'Query.requests': operations.listRequests,
  'Query.request': operations.getRequest,
  'Query.delegations': operations.listDelegations,
  'Query.followUps': operations.listFollowUps,
  'Query.insight': operations.getInsight,
  'Query.grants': operations.listGrants,
  'Query.grant': operations.getGrant,
  'Query.auditEvents': operations.listAuditEvents,
  'Query.eligibilityReviews': operations.listEligibilityReviews,
  'Query.eligibilityReview': operations.getEligibilityReview,
  'Mutation.answerEligibility': operations.answerEligibility,
  'Mutation.submitRequest': operations.submitRequest,
  'Mutation.cancelRequest': operations.cancelRequest,
  'Mutation.reviewRequest': operations.reviewRequest,
  'Mutation.withdrawReview': operations.withdrawReview,
  'Mutation.createDelegation': operations.createDelegation,
  'Mutation.endDelegation': operations.endDelegation,
  'Mutation.finishFollowUp': operations.finishFollowUp,
  'Mutation.commentOnRequest': operations.commentOnRequest,
  'Mutation.extendGrant': operations.extendGrant,
  'Mutation.endGrant': operations.endGrant,
  // An edge that runs a use case of its own, as the same caller.
  'Grant.request': operations.getRequest,
  'Me.*': rule('signed-in', 'bearer', inherits),
  'Roles.*': rule('signed-in', 'bearer', inherits),
  'Assurance.*': rule('signed-in', 'bearer', inherits),
  'SignIn.*': rule('signed-in', 'bearer', inherits),
  'Person.*': rule('signed-in', 'bearer', inherits),
  'Account.*': rule('signed-in', 'bearer', inherits),
  'AssuranceDemand.*': rule('signed-in', 'bearer', inherits),
  'AssuranceDemands.*': rule('signed-in', 'bearer', inherits),
  'Escalation.*': rule('signed-in', 'bearer', inherits),
  'Step.*': rule('signed-in', 'bearer', inherits),
  'Rule.*': rule('signed-in', 'bearer', inherits),
  'Approvers.*': rule('signed-in', 'bearer', inherits),
  'Terms.*': rule('signed-in', 'bearer', inherits),
  'AskRule.*': rule('signed-in', 'bearer', inherits),
  'ApproveRule.*': rule('signed-in', 'bearer', inherits),
  'Entitlement.*': rule('signed-in', 'bearer', inherits),
  'ResourceTag.*': rule('signed-in', 'bearer', inherits),
  'Parameter.*': rule('signed-in', 'bearer', inherits),
  'Choice.*': rule('signed-in', 'bearer', inherits),
  'PickedParameter.*': rule('signed-in', 'bearer', inherits),
  'PickedChoice.*': rule('signed-in', 'bearer', inherits),
  'Bundle.*': rule('signed-in', 'bearer', inherits),
  'FoundParameter.*': rule('signed-in', 'bearer', inherits),
  'FoundChoice.*': rule('signed-in', 'bearer', inherits),
  'FoundEntitlement.*': rule('signed-in', 'bearer', inherits),
  'FindAnswer.*': rule('signed-in', 'bearer', inherits),
  'Dropped.*': rule('signed-in', 'bearer', inherits),
  'RequestedEntitlement.*': rule('signed-in', 'bearer', inherits),
  'Review.*': rule('signed-in', 'bearer', inherits),
  'Comment.*': rule('signed-in', 'bearer', inherits),
  'Question.*': rule('signed-in', 'bearer', inherits),
  'PastGrant.*': rule('signed-in', 'bearer', inherits),
  'NarrowerForm.*': rule('signed-in', 'bearer', inherits),
  'EntitlementInsight.*': rule('signed-in', 'bearer', inherits),
  'Insight.*': rule('signed-in', 'bearer', inherits),
  'Request.*': rule('signed-in', 'bearer', inherits),
  'Delegation.*': rule('signed-in', 'bearer', inherits),
  'DelegationPage.*': rule('signed-in', 'bearer', inherits),
  'Sponsorship.*': rule('signed-in', 'bearer', inherits),
  'Extension.*': rule('signed-in', 'bearer', inherits),
  'RuleApproval.*': rule('signed-in', 'bearer', inherits),
  'Overlap.*': rule('signed-in', 'bearer', inherits),
  'RequestWarning.*': rule('signed-in', 'bearer', inherits),
  'RequestGrant.*': rule('signed-in', 'bearer', inherits),
  'RequestPage.*': rule('signed-in', 'bearer', inherits),
  'BreakGlass.*': rule('signed-in', 'bearer', inherits),
  'BreakGlassFollowUp.*': rule('signed-in', 'bearer', inherits),
  'FollowUp.*': rule('signed-in', 'bearer', inherits),
  'FollowUpPage.*': rule('signed-in', 'bearer', inherits),
  'Grant.*': rule('signed-in', 'bearer', inherits),
  'GrantPage.*': rule('signed-in', 'bearer', inherits),
  'EligibilityCounts.*': rule('signed-in', 'bearer', inherits),
  'EligibilityReview.*': rule('signed-in', 'bearer', inherits),
  'EligibilityReviewPage.*': rule('signed-in', 'bearer', inherits),
  'EligibilityReviewItems.*': rule('signed-in', 'bearer', inherits),
  'EligibilityItem.*': rule('signed-in', 'bearer', inherits),
  'AuditActor.*': rule('auditor', 'bearer', inherits),
  'AuditEvent.*': rule('auditor', 'bearer', inherits),
  'AuditEventPage.*': rule('auditor', 'bearer', inherits),
};

/** The rule of an HTTP operation. Throws when the table has none: at start, never while serving. */
export function operationRule(operation: string | undefined, route: string): Rule {
  if (operation === undefined || !Object.hasOwn(operations, operation)) {
    throw new Error(
      `${route} has no rule: give it config.operation and that operation a line in authorisation.ts`,
    );
  }
  return operations[operation as OperationId];
}

/** The rule of a GraphQL field: its own line, else that of its type. Throws when the table has neither. */
export function fieldRule(type: string, field: string): Rule {
  const own = `${type}.${field}`;
  const root = type === 'Query' || type === 'Mutation' || type === 'Subscription';
  const key = Object.hasOwn(graphqlFields, own) || root ? own : `${type}.*`;
  const found = Object.hasOwn(graphqlFields, key) ? graphqlFields[key] : undefined;
  if (found === undefined) throw new Error(`${own} has no rule: give it a line in authorisation.ts`);
  return found;
}

/** Decides from the rule alone. Throws Refusal `unauthenticated` or `forbidden`. */
export function authorise(rule: Rule, caller: Caller | null): void {
  if (rule.who === 'anyone') return;
  if (caller === null)
    throw new Refusal(
      'unauthenticated',
      'Sign in first: run `daypass login`, or open this address in a browser.',
    );
  switch (rule.who) {
    case 'signed-in':
      return;
    case 'auditor':
      if (caller.isAuditor) return;
      throw new Refusal('forbidden', 'Only auditors may read the audit log.');
    case 'operator':
      if (caller.isOperator) return;
      throw new Refusal('forbidden', 'Only operators may do this.');
  }
}
