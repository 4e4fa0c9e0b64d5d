import type { OperationId } from '../../src/api/authorisation.ts';
import type { Answered } from './answers.ts';
import { type Actor, anAddress, credentials } from './cast.ts';
import { tomorrow } from './known.ts';
import type { World } from './world.ts';

/** What an attempt is made at. */
export interface Target {
  readonly request: string;
  readonly digest: string;
  readonly grant: string;
  readonly entitlement: string;
  readonly person: string;
  readonly delegation: string;
  /** A review of who may ask, and somebody in it. */
  readonly eligibility?: { readonly review: string; readonly person: string };
}

interface Attempt {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** JSON for bearer tokens, a form for cookies. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly cookie?: true;
  readonly form?: true;
}

const get = (url: string): Attempt => ({ method: 'GET', url });
const post = (url: string, body: Attempt['body'] = {}): Attempt => ({ method: 'POST', url, body });
const page = (url: string): Attempt => ({ method: 'GET', url, cookie: true });
const send = (url: string, body: Attempt['body'] = {}): Attempt => ({
  method: 'POST',
  url,
  body,
  cookie: true,
});
const form = (url: string, body: Attempt['body']): Attempt => ({
  method: 'POST',
  url,
  body: body ?? {},
  form: true,
});

const noFollowUp = `fup_${'0'.repeat(26)}`;
const eligibilityOf = ({ eligibility, person }: Target) =>
  eligibility ?? { review: `elr_${'0'.repeat(26)}`, person };

const noCatalog = `sha256:${'0'.repeat(64)}`;

/** A call of each operation that fails over nothing but rights. */
const attempts: Readonly<Record<OperationId, (on: Target) => Attempt>> = {
  getMe: () => get('/v1/me'),
  listEntitlements: () => get('/v1/entitlements'),
  getEntitlement: (on) => get(`/v1/entitlements/${encodeURIComponent(on.entitlement)}`),
  explainEntitlement: (on) => get(`/v1/entitlements/${encodeURIComponent(on.entitlement)}/explanation`),
  findEntitlements: () => get('/v1/find?action=s3%3APutObject'),
  submitRequest: (on) =>
    post('/v1/requests', {
      entitlements: [on.entitlement],
      durationSeconds: 600,
      reason: 'To work',
      ticket: 'OPS-1',
    }),
  listRequests: () => get('/v1/requests'),
  getRequest: (on) => get(`/v1/requests/${on.request}`),
  cancelRequest: (on) => post(`/v1/requests/${on.request}/cancel`),
  reviewRequest: (on) =>
    post(`/v1/requests/${on.request}/reviews`, { decision: 'approve', digest: on.digest }),
  withdrawReview: (on) => post(`/v1/requests/${on.request}/withdraw`),
  createDelegation: (on) =>
    post('/v1/delegations', { delegate: on.person, endsAt: tomorrow(), because: 'Away' }),
  listDelegations: () => get('/v1/delegations'),
  endDelegation: (on) => post(`/v1/delegations/${on.delegation}/end`),
  listFollowUps: () => get('/v1/follow-ups'),
  // One that never was: what is tried at one that is there is in test/approvals/follow-ups.test.ts.
  finishFollowUp: () =>
    post(`/v1/follow-ups/${noFollowUp}/done`, { verdict: 'justified', comment: 'Looked at it' }),
  commentOnRequest: (on) => post(`/v1/requests/${on.request}/comments`, { text: 'Why now?' }),
  getInsight: (on) => get(`/v1/requests/${on.request}/insight`),
  listGrants: () => get('/v1/grants'),
  getGrant: (on) => get(`/v1/grants/${on.grant}`),
  extendGrant: (on) =>
    post(`/v1/grants/${on.grant}/extend?dryRun=true`, { durationSeconds: 600, reason: 'More' }),
  endGrant: (on) => post(`/v1/grants/${on.grant}/end`),
  // A number that is never there: nothing ends, whoever asks.
  endGrants: () => post('/v1/grants/end', { entitlement: '*', because: 'Incident', expect: 1_000_000 }),
  silenceEnding: (on) => post(`/v1/grants/${on.grant}/silence`, { because: 'Known' }),
  listBoundaries: () => get('/v1/boundaries'),
  issueSession: (on) => post(`/v1/grants/${on.grant}/sessions`),
  openConsole: (on) => post(`/v1/grants/${on.grant}/console`),
  listPreflight: () => get('/v1/preflight'),
  runPreflight: () => post('/v1/preflight/run'),
  listAuditEvents: () => get('/v1/audit/events?limit=1'),
  enrolTotp: () => post('/v1/factors/totp'),
  confirmTotp: () => post('/v1/factors/totp/confirm', { code: '000000' }),
  verifyTotp: () => post('/v1/factors/totp/verify', { code: '000000' }),
  resetTotp: (on) => ({ method: 'DELETE', url: `/v1/people/${on.person}/factors/totp` }),
  createChatLink: () => post('/v1/chat-links'),
  listChatLinks: () => get('/v1/chat-links'),
  confirmClientSignIn: () => form('/oauth/confirm', { state: 'x', answer: 'continue' }),
  deleteChatLinks: () => ({ method: 'DELETE', url: '/v1/chat-links' }),
  resetChatLinks: (on) => ({ method: 'DELETE', url: `/v1/people/${on.person}/chat-links` }),
  getClosure: () => get('/v1/closure'),
  confirmClosure: () => post('/v1/closure/confirm', { because: 'Looked after it', checked: true }),
  listCatalogs: () => get('/v1/catalogs'),
  // A digest that was never seen: what is tried at one that was is in test/catalog-approval.
  getCatalog: () => get(`/v1/catalogs/${noCatalog}`),
  getCatalogChanges: () => get(`/v1/catalogs/${noCatalog}/changes`),
  approveCatalog: () => post(`/v1/catalogs/${noCatalog}/approvals`),
  rejectCatalog: () => post(`/v1/catalogs/${noCatalog}/reject`, { because: 'Not known' }),
  listEligibilityReviews: () => get('/v1/eligibility-reviews'),
  getEligibilityReview: (on) => get(`/v1/eligibility-reviews/${eligibilityOf(on).review}`),
  answerEligibility: (on) =>
    post(`/v1/eligibility-reviews/${eligibilityOf(on).review}/answers`, {
      person: eligibilityOf(on).person,
      decision: 'keep',
    }),
  graphql: () => post('/graphql', { query: '{ me { id } }' }),
  getHealth: () => get('/healthz'),
  getReadiness: () => get('/readyz'),
  getMetrics: () => get('/metrics'),
  getOpenapi: () => get('/openapi.yaml'),
  getStylesheet: () => get('/assets/daypass.css'),
  issuerMetadata: () => get('/.well-known/oauth-authorization-server'),
  authorizeClient: () => get('/oauth/authorize'),
  exchangeCode: () =>
    form('/oauth/token', {
      grant_type: 'authorization_code',
      client_id: 'daypass-cli',
      code: 'x',
      redirect_uri: 'x',
      code_verifier: 'x',
    }),
  revokeToken: () => form('/oauth/revoke', { token: 'dpt_unknown' }),
  slackCallback: () => form('/channels/slack', { command: '/daypass' }),
  finishSignIn: () => page('/oauth/callback?state=x&code=x'),
  startSignIn: () => page('/login'),
  endBrowserSignIn: () => send('/logout'),
  showHome: () => page('/'),
  showNewRequest: () => page('/requests/new'),
  sendNewRequest: (on) =>
    send('/requests/new', {
      entitlement: on.entitlement,
      duration: '10m',
      reason: 'To work',
      ticket: 'OPS-1',
      held: 'all-the-same',
      idempotencyKey: crypto.randomUUID(),
    }),
  showRequest: (on) => page(`/requests/${on.request}`),
  sendReview: (on) => send(`/requests/${on.request}/review`, { decision: 'approve', digest: on.digest }),
  sendCancel: (on) => send(`/requests/${on.request}/cancel`),
  sendFollowUp: () =>
    send(`/follow-ups/${noFollowUp}/done`, { verdict: 'justified', comment: 'Looked at it' }),
  sendComment: (on) => send(`/requests/${on.request}/comment`, { text: 'Why now?', as: 'comment' }),
  sendWithdraw: (on) => send(`/requests/${on.request}/withdraw`),
  sendEndGrant: (on) => send(`/grants/${on.grant}/end`),
  showFactors: () => page('/factors'),
  sendEnrolTotp: () => send('/factors/enrol'),
  sendConfirmTotp: () => send('/factors/confirm', { code: '000000' }),
  sendVerifyTotp: () => send('/factors/verify', { code: '000000' }),
};

/** Makes the call of an operation as somebody. */
export async function perform(world: World, operation: string, actor: Actor, on: Target): Promise<Answered> {
  const { method, url, body, cookie, form: asForm } = attempts[operation as OperationId](on);
  const { persona } = actor;
  const fields = cookie === true && persona !== null ? { ...body, formToken: persona.formToken } : body;
  const encoded = cookie === true || asForm === true;
  const answer = await world.app.inject({
    method,
    url,
    remoteAddress: anAddress(),
    headers: {
      ...(cookie === true ? (persona === null ? {} : { cookie: persona.cookie }) : credentials(actor)),
      ...(body === undefined
        ? {}
        : { 'content-type': encoded ? 'application/x-www-form-urlencoded' : 'application/json' }),
    },
    ...(body === undefined
      ? {}
      : {
          payload: encoded
            ? new URLSearchParams(fields as Record<string, string>).toString()
            : JSON.stringify(body),
        }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body };
}

const fields: Readonly<Record<string, (on: Target) => string>> = {
  'Query.me': () => '{ me { id } }',
  'Query.entitlements': () => '{ entitlements { id } }',
  'Query.entitlement': (on) => `{ entitlement(id: "${on.entitlement}") { id } }`,
  'Query.bundles': () => '{ bundles { name } }',
  'Query.find': () => '{ find(action: "s3:PutObject") { items { id } } }',
  'Query.requests': () => '{ requests { items { id } } }',
  'Query.request': (on) => `{ request(id: "${on.request}") { id reason } }`,
  'Query.delegations': () => '{ delegations { items { id } } }',
  'Query.followUps': () => '{ followUps { items { id } } }',
  'Query.insight': (on) => `{ insight(id: "${on.request}") { request entitlements { id } } }`,
  'Query.grants': () => '{ grants { items { id request { id } } } }',
  'Query.grant': (on) => `{ grant(id: "${on.grant}") { id request { id } } }`,
  'Query.auditEvents': () => '{ auditEvents(limit: 1) { items { id } } }',
  'Query.eligibilityReviews': () => '{ eligibilityReviews { items { id } } }',
  'Query.eligibilityReview': (on) =>
    `{ eligibilityReview(id: "${eligibilityOf(on).review}") { items { person { id } } } }`,
  'Mutation.answerEligibility': (on) =>
    `mutation { answerEligibility(id: "${eligibilityOf(on).review}", person: "${eligibilityOf(on).person}", decision: keep) { decision } }`,
  'Mutation.submitRequest': (on) =>
    `mutation { submitRequest(input: { entitlements: ["${on.entitlement}"], durationSeconds: 600, reason: "To work", ticket: "OPS-1" }) { id } }`,
  'Mutation.withdrawReview': (on) => `mutation { withdrawReview(id: "${on.request}") { id } }`,
  'Mutation.commentOnRequest': (on) =>
    `mutation { commentOnRequest(id: "${on.request}", text: "Why now?") { id comments { text } } }`,
  'Mutation.cancelRequest': (on) => `mutation { cancelRequest(id: "${on.request}") { id } }`,
  'Mutation.reviewRequest': (on) =>
    `mutation { reviewRequest(id: "${on.request}", decision: approve, digest: "${on.digest}") { id } }`,
  'Mutation.createDelegation': (on) =>
    `mutation { createDelegation(input: { delegate: "${on.person}", endsAt: "${tomorrow()}", because: "Away" }) { id } }`,
  'Mutation.endDelegation': (on) => `mutation { endDelegation(id: "${on.delegation}") { id } }`,
  'Mutation.finishFollowUp': () =>
    `mutation { finishFollowUp(id: "${noFollowUp}", justified: true, comment: "Looked at it") { id } }`,
  'Mutation.extendGrant': (on) =>
    `mutation { extendGrant(input: { id: "${on.grant}", durationSeconds: 600, reason: "More", dryRun: true }) { digest } }`,
  'Mutation.endGrant': (on) => `mutation { endGrant(id: "${on.grant}") { id } }`,
};

/** Asks for one root field; `code` is `done` or the code of the error. */
export async function performGraphql(
  world: World,
  field: string,
  actor: Actor,
  on: Target,
): Promise<Answered & { readonly code: string }> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/graphql',
    remoteAddress: anAddress(),
    headers: credentials(actor),
    payload: { query: fields[field]?.(on) },
  });
  const told = answer.json<{ code?: string; errors?: { extensions: { code: string } }[] }>();
  const code = told.code ?? told.errors?.[0]?.extensions.code ?? 'done';
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, code };
}
