import {
  bigint,
  boolean,
  customType,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  sql,
  text,
  timestamp,
} from './drizzle.ts';

// The tables as migrations/ makes them, for typed queries. Constraints live in SQL alone; a test compares the columns.

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 6 });

export const auditEvents = pgTable('audit_events', {
  id: text('id').primaryKey(),
  leaf: text('leaf').notNull(),
  mac: bytea('mac').notNull(),
  keyId: text('key_id').notNull(),
  // Set by a trigger from the leaf and the transaction.
  transactionId: text('transaction_id').notNull().default(sql`default`),
  time: time('time').notNull().default(sql`default`),
  kind: text('kind').notNull().default(sql`default`),
  outcome: text('outcome').notNull().default(sql`default`),
  actor: text('actor'),
  subject: text('subject'),
  entitlement: text('entitlement'),
  account: text('account'),
  request: text('request'),
  grant: text('grant'),
  session: text('session'),
  accessKeyId: text('access_key_id'),
});

export const auditPersonalData = pgTable(
  'audit_personal_data',
  {
    eventId: text('event_id').notNull(),
    field: text('field').notNull(),
    salt: bytea('salt').notNull(),
    value: text('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.eventId, t.field] })],
);

export const strangerFailures = pgTable(
  'stranger_failures',
  {
    source: text('source').notNull(),
    minute: time('minute').notNull(),
    kind: text('kind').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.minute, t.kind] })],
);

export const people = pgTable('people', {
  id: text('id').primaryKey(),
  issuer: text('issuer').notNull(),
  subject: text('subject').notNull(),
  groups: text('groups').array().notNull().default([]),
  manager: text('manager'),
  deactivatedAt: time('deactivated_at'),
  createdAt: time('created_at').notNull(),
  lastSignedInAt: time('last_signed_in_at').notNull(),
});

export const groupMembers = pgTable('group_members', {
  groupName: text('group_name').notNull(),
  personId: text('person_id').notNull(),
});

export const personalData = pgTable('personal_data', {
  personId: text('person_id').primaryKey(),
  name: text('name'),
  email: text('email'),
});

export const signInAttempts = pgTable('sign_in_attempts', {
  stateHash: bytea('state_hash').primaryKey(),
  browserHash: bytea('browser_hash').notNull(),
  nonce: text('nonce').notNull(),
  codeVerifier: bytea('code_verifier').notNull(),
  purpose: jsonb('purpose').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const signIns = pgTable('sign_ins', {
  id: text('id').primaryKey(),
  personId: text('person_id').notNull(),
  client: text('client', { enum: ['browser', 'cli'] }).notNull(),
  tokenHash: bytea('token_hash'),
  assuranceLevel: text('assurance_level', {
    enum: ['single-factor', 'multi-factor', 'phishing-resistant'],
  }).notNull(),
  authenticatedAt: time('authenticated_at').notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  revokedAt: time('revoked_at'),
});

export const authorizationCodes = pgTable('authorization_codes', {
  codeHash: bytea('code_hash').primaryKey(),
  signInId: text('sign_in_id').notNull(),
  redirectUri: text('redirect_uri').notNull(),
  codeChallenge: text('code_challenge').notNull(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
});

export const totpFactors = pgTable('totp_factors', {
  personId: text('person_id').primaryKey(),
  seed: bytea('seed').notNull(),
  createdAt: time('created_at').notNull(),
  confirmedAt: time('confirmed_at'),
  lastUsedStep: bigint('last_used_step', { mode: 'number' }),
  failures: integer('failures').notNull().default(0),
  lockedUntil: time('locked_until'),
});

export const catalogs = pgTable('catalogs', {
  version: text('version').primaryKey(),
  source: text('source').notNull(),
  loadedAt: time('loaded_at').notNull(),
});

export const catalogProposals = pgTable('catalog_proposals', {
  id: text('id').primaryKey(),
  version: text('version').notNull(),
  state: text('state', { enum: ['proposed', 'approved', 'rejected', 'superseded'] }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  proposedAt: time('proposed_at').notNull(),
  decidedAt: time('decided_at'),
  decidedBy: text('decided_by'),
  because: text('because'),
});

export const catalogApprovals = pgTable(
  'catalog_approvals',
  {
    proposalId: text('proposal_id').notNull(),
    version: text('version').notNull(),
    personId: text('person_id').notNull(),
    signInId: text('sign_in_id').notNull(),
    approvedAt: time('approved_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.proposalId, t.personId] })],
);

export const catalogInForce = pgTable('catalog_in_force', {
  // Set by a trigger: one more than the newest.
  position: bigint('position', { mode: 'number' }).primaryKey().default(sql`default`),
  version: text('version').notNull(),
  since: time('since').notNull(),
  basis: text('basis', { enum: ['first', 'operators', 'signature', 'file'] }).notNull(),
  proposalId: text('proposal_id'),
  signedText: text('signed_text'),
  signingKey: text('signing_key'),
});

export const requests = pgTable('requests', {
  id: text('id').primaryKey(),
  requester: text('requester').notNull(),
  askedBy: text('asked_by').notNull(),
  askedAssurance: text('asked_assurance', {
    enum: ['single-factor', 'multi-factor', 'phishing-resistant'],
  }).notNull(),
  askedProofAge: integer('asked_proof_age').notNull(),
  askedFrom: text('asked_from'),
  basis: text('basis', { enum: ['reviews', 'rule', 'break-glass'] }),
  content: jsonb('content').notNull(),
  digest: text('digest').notNull(),
  catalogVersion: text('catalog_version').notNull(),
  state: text('state', { enum: ['pending', 'approved', 'denied', 'cancelled', 'expired'] }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  idempotencyKey: text('idempotency_key'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  decidedAt: time('decided_at'),
});

export const requestEntitlements = pgTable(
  'request_entitlements',
  {
    requestId: text('request_id').notNull(),
    entitlement: text('entitlement').notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestId, t.entitlement] })],
);

export const reviews = pgTable('reviews', {
  id: text('id').primaryKey(),
  requestId: text('request_id').notNull(),
  reviewer: text('reviewer').notNull(),
  decision: text('decision', { enum: ['approve', 'deny'] }).notNull(),
  digest: text('digest').notNull(),
  comment: text('comment'),
  via: text('via').notNull(),
  createdAt: time('created_at').notNull(),
  onCall: text('on_call').array().notNull().default([]),
  parts: text('parts').array(),
  onBehalfOf: text('on_behalf_of'),
  delegation: text('delegation'),
  withdrawnAt: time('withdrawn_at'),
});

export const delegations = pgTable('delegations', {
  id: text('id').primaryKey(),
  principal: text('principal').notNull(),
  delegate: text('delegate').notNull(),
  startsAt: time('starts_at').notNull(),
  endsAt: time('ends_at').notNull(),
  entitlements: text('entitlements').array(),
  because: text('because').notNull(),
  createdAt: time('created_at').notNull(),
  endedAt: time('ended_at'),
  endedBy: text('ended_by'),
});

export const requestVersions = pgTable(
  'request_versions',
  {
    requestId: text('request_id').notNull(),
    digest: text('digest').notNull(),
    content: jsonb('content').notNull(),
    narrowedAt: time('narrowed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestId, t.digest] })],
);

export const requestComments = pgTable('request_comments', {
  id: text('id').primaryKey(),
  requestId: text('request_id').notNull(),
  author: text('author').notNull(),
  question: boolean('question').notNull(),
  words: text('words'),
  createdAt: time('created_at').notNull(),
});

export const requestReminders = pgTable('request_reminders', {
  requestId: text('request_id').primaryKey(),
  reminded: integer('reminded').notNull(),
  nextReminderAt: time('next_reminder_at'),
  nextLookAt: time('next_look_at').notNull(),
});

export const requestEscalations = pgTable(
  'request_escalations',
  {
    requestId: text('request_id').notNull(),
    entitlement: text('entitlement').notNull(),
    step: text('step').notNull(),
    escalatedAt: time('escalated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestId, t.entitlement, t.step] })],
);

export const grants = pgTable('grants', {
  id: text('id').primaryKey(),
  requestId: text('request_id').notNull(),
  personId: text('person_id').notNull(),
  entitlement: text('entitlement').notNull(),
  terms: jsonb('terms').notNull(),
  state: text('state', {
    enum: ['scheduled', 'activating', 'active', 'failed', 'ending', 'ended'],
  }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  startsAt: time('starts_at').notNull(),
  endsAt: time('ends_at').notNull(),
  createdAt: time('created_at').notNull(),
  endedBecause: text('ended_because', { enum: ['expired', 'revoked', 'relinquished'] }),
  endingSince: time('ending_since'),
  endedAt: time('ended_at'),
  evidence: jsonb('evidence'),
  failure: text('failure'),
  attempts: integer('attempts').notNull().default(0),
  silencedAt: time('silenced_at'),
});

export const sessions = pgTable('sessions', {
  id: text('id').primaryKey(),
  grantId: text('grant_id').notNull(),
  signInId: text('sign_in_id').notNull(),
  state: text('state', { enum: ['issuing', 'issued', 'failed', 'unknown'] }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  roleSessionName: text('role_session_name').notNull(),
  durationSeconds: integer('duration_seconds').notNull(),
  accessKeyId: text('access_key_id'),
  expiration: time('expiration'),
  lastPossibleUse: time('last_possible_use').notNull(),
  failure: text('failure'),
  createdAt: time('created_at').notNull(),
  settledAt: time('settled_at'),
});

export const assignments = pgTable(
  'assignments',
  {
    accountId: text('account_id').notNull(),
    permissionSetArn: text('permission_set_arn').notNull(),
    principalId: text('principal_id').notNull(),
    operation: text('operation', { enum: ['create', 'delete'] }),
    operationId: text('operation_id'),
    operationSince: time('operation_since'),
    present: boolean('present').notNull().default(false),
    updatedAt: time('updated_at').notNull(),
    comparedAt: time('compared_at'),
    failing: text('failing'),
    attempts: integer('attempts').notNull().default(0),
    triedAt: time('tried_at'),
    nextLookAt: time('next_look_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.permissionSetArn, t.principalId] })],
);

export const assignmentUsers = pgTable(
  'assignment_users',
  {
    accountId: text('account_id').notNull(),
    permissionSetArn: text('permission_set_arn').notNull(),
    principalId: text('principal_id').notNull(),
    grantId: text('grant_id').notNull(),
    since: time('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.permissionSetArn, t.principalId, t.grantId] })],
);

export const chatLinks = pgTable(
  'chat_links',
  {
    channel: text('channel').notNull(),
    workspace: text('workspace').notNull(),
    externalId: text('external_id').notNull(),
    personId: text('person_id').notNull(),
    linkedAt: time('linked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channel, t.workspace, t.externalId] })],
);

export const chatLinkCodes = pgTable('chat_link_codes', {
  codeHash: bytea('code_hash').primaryKey(),
  personId: text('person_id').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const callbackReplays = pgTable('callback_replays', {
  signatureHash: bytea('signature_hash').primaryKey(),
  expiresAt: time('expires_at').notNull(),
});

export const boundaries = pgTable('boundaries', {
  accountId: text('account_id').primaryKey(),
  writer: text('writer'),
  leaseUntil: time('lease_until'),
  versionId: text('version_id'),
  readBackAt: time('read_back_at'),
  unexplained: jsonb('unexplained').$type<Readonly<Record<string, string>>>().notNull().default({}),
  failure: text('failure'),
  failingSince: time('failing_since'),
  setAside: jsonb('set_aside').$type<readonly string[]>(),
  attempts: integer('attempts').notNull().default(0),
  nextTryAt: time('next_try_at'),
});

export const denies = pgTable('denies', {
  grantId: text('grant_id').primaryKey(),
  accountId: text('account_id').notNull(),
  kind: text('kind', { enum: ['role', 'portal'] }).notNull(),
  roleArn: text('role_arn'),
  permissionSetArn: text('permission_set_arn'),
  permissionSetName: text('permission_set_name'),
  principalId: text('principal_id'),
  issuedBefore: time('issued_before'),
  roleWideAllowed: boolean('role_wide_allowed').notNull(),
  createdAt: time('created_at').notNull(),
  lapsesAt: time('lapses_at').notNull(),
  confirmedAt: time('confirmed_at'),
  versionId: text('version_id'),
  roleWide: boolean('role_wide').notNull().default(false),
  removedAt: time('removed_at'),
});

export const databaseIdentity = pgTable('database_identity', {
  onlyRow: boolean('only_row').primaryKey(),
  id: text('id').notNull(),
  mark: bigint('mark', { mode: 'number' }).notNull(),
  event: text('event'),
  transactionId: text('transaction_id'),
});

export const closures = pgTable('closures', {
  id: text('id').primaryKey(),
  closedAt: time('closed_at').notNull(),
  reason: text('reason', {
    enum: ['older_database', 'other_database', 'damaged_anchor', 'forged_anchor'],
  }).notNull(),
  anchorEvent: text('anchor_event'),
  anchorTime: time('anchor_time'),
  databaseEvent: text('database_event'),
  databaseTime: time('database_time'),
  openedAt: time('opened_at'),
  supersededBy: text('superseded_by'),
});

export const closureConfirmations = pgTable(
  'closure_confirmations',
  {
    closureId: text('closure_id').notNull(),
    personId: text('person_id').notNull(),
    signInId: text('sign_in_id').notNull(),
    because: text('because').notNull(),
    confirmedAt: time('confirmed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.closureId, t.personId] })],
);

export const preflightAccounts = pgTable('preflight_accounts', {
  accountId: text('account_id').primaryKey(),
  looker: text('looker'),
  leaseUntil: time('lease_until'),
  askedAt: time('asked_at'),
  checkedAt: time('checked_at'),
  attempts: integer('attempts').notNull().default(0),
  nextLookAt: time('next_look_at').notNull(),
});

export const preflight = pgTable('preflight', {
  entitlement: text('entitlement').primaryKey(),
  accountId: text('account_id').notNull(),
  target: text('target').notNull(),
  verdict: text('verdict', { enum: ['ok', 'unknown', 'warning', 'error'] }).notNull(),
  findings: jsonb('findings').notNull(),
  checkedAt: time('checked_at').notNull(),
});

export const notices = pgTable('notices', {
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  request: text('request'),
  grant: text('grant'),
  people: text('people').array().notNull(),
  body: jsonb('body').$type<Readonly<Record<string, unknown>>>().notNull(),
  createdAt: time('created_at').notNull(),
  attempts: integer('attempts').notNull().default(0),
  nextTryAt: time('next_try_at').notNull(),
  deliveredAt: time('delivered_at'),
  failure: text('failure'),
});

export const followUps = pgTable('follow_ups', {
  id: text('id').primaryKey(),
  kind: text('kind', { enum: ['break-glass'] }).notNull(),
  requestId: text('request_id').notNull(),
  entitlement: text('entitlement').notNull(),
  owedBy: text('owed_by').notNull(),
  state: text('state', { enum: ['owed', 'done', 'overdue'] }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  createdAt: time('created_at').notNull(),
  dueAt: time('due_at').notNull(),
  overdueAt: time('overdue_at'),
  toldAt: time('told_at'),
  verdict: text('verdict', { enum: ['justified', 'not-justified'] }),
  words: text('words'),
  doneBy: text('done_by'),
  doneAt: time('done_at'),
});

export const eligibilityRhythms = pgTable('eligibility_rhythms', {
  entitlement: text('entitlement').primaryKey(),
  since: time('since').notNull(),
  openedAt: time('opened_at'),
});

export const eligibilityReviews = pgTable('eligibility_reviews', {
  id: text('id').primaryKey(),
  entitlement: text('entitlement').notNull(),
  catalogVersion: text('catalog_version').notNull(),
  state: text('state', { enum: ['open', 'closed'] }).notNull(),
  // Set by a trigger: the state before the last change.
  priorState: text('prior_state').notNull().default('new'),
  openedAt: time('opened_at').notNull(),
  dueAt: time('due_at').notNull(),
  remindAt: time('remind_at'),
  remindedAt: time('reminded_at'),
  closedAt: time('closed_at'),
  closedBecause: text('closed_because', { enum: ['due', 'withdrawn'] }),
});

export const eligibilityItems = pgTable(
  'eligibility_items',
  {
    reviewId: text('review_id').notNull(),
    personId: text('person_id').notNull(),
    byGroup: text('by_group'),
    uses: integer('uses').notNull(),
    lastUseAt: time('last_use_at'),
    unused: boolean('unused').notNull(),
    decision: text('decision', { enum: ['keep', 'drop', 'lapsed'] }),
    decidedBy: text('decided_by'),
    decidedAt: time('decided_at'),
    comment: text('comment'),
  },
  (t) => [primaryKey({ columns: [t.reviewId, t.personId] })],
);

export const eligibilityDrops = pgTable('eligibility_drops', {
  id: text('id').primaryKey(),
  entitlement: text('entitlement').notNull(),
  personId: text('person_id').notNull(),
  reviewId: text('review_id').notNull(),
  since: time('since').notNull(),
  endedAt: time('ended_at'),
  endedByReview: text('ended_by_review'),
});
