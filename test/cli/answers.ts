import type { Approvers, Entitlement, Grant, Request, Session } from '../../src/cli/api.ts';

// Answers of the service, as openapi.yaml has them.

const account = { id: '111122223333', name: 'Production' };
const erin = { id: 'prs_1', name: 'Erin' };

export function aGrant(changes: Partial<Grant> = {}): Grant {
  return {
    id: 'grt_1',
    request: 'req_1',
    person: erin,
    entitlement: 'prod/admin',
    account,
    target: 'role',
    breakGlass: false,
    choice: null,
    state: 'active',
    startsAt: '2020-11-22T10:00:00Z',
    endsAt: '2099-01-01T00:00:00Z',
    endedBecause: null,
    endingSince: null,
    endedAt: null,
    deniedAt: null,
    silencedAt: null,
    lastPossibleUse: null,
    failure: null,
    mayEnd: true,
    ...changes,
  };
}

export function aRequest(changes: Partial<Request> = {}): Request {
  return {
    id: 'req_1',
    requester: erin,
    askedBy: erin,
    outside: null,
    entitlements: [
      {
        id: 'prod/admin',
        description: 'Administrator',
        account,
        target: 'role',
        choice: null,
        conditions: [],
      },
    ],
    bundles: [],
    breakGlass: false,
    extends: null,
    durationSeconds: 3600,
    reason: 'Rotate the certificate',
    ticket: null,
    startAt: null,
    state: 'pending',
    digest: 'digest-1',
    catalogVersion: 'v1',
    createdAt: '2026-11-22T10:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    decidedAt: null,
    warnings: [],
    approvedByRule: [],
    waitingFor: [waits({ people: [{ id: 'prs_9', name: 'Avery' }] })],
    reviews: [],
    comments: [],
    question: null,
    grants: [],
    mayReview: false,
    mayCancel: true,
    mayComment: true,
    mayAskBack: false,
    mayWithdraw: false,
    ...changes,
  };
}

export function anEntitlement(
  changes: Pick<Partial<Entitlement>, 'id' | 'target'> = {},
): Pick<Entitlement, 'id' | 'target'> {
  return { id: 'prod/admin', target: 'role', ...changes };
}

export const secretKey = 'sEcReT/Key+$(id)';

/** Over for long: never kept from one run to the next. */
export const aSession: Session = {
  sessionId: 'ses_1',
  grantId: 'grt_1',
  credentials: {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: secretKey,
    sessionToken: "to'ken==",
    expiration: '2020-11-22T10:45:00Z',
  },
  endsAt: '2020-11-22T10:30:00.000Z',
  limits: [{ name: 'grant', seconds: 1800, won: true }],
  residualExposureSeconds: 900,
  residualExposures: [],
};

export const pageOf = (...items: unknown[]) => ({ body: { items, next: null } });

/** A step that waits for one of prod-approvers. */
export function waits(over: Partial<Approvers>): Approvers {
  const groups = over.groups ?? ['prod-approvers'];
  return {
    entitlement: 'prod/admin',
    step: 'approval',
    rule: 'r',
    needed: 1,
    groups,
    whom: groups.join(', '),
    people: [],
    since: '2026-11-22T10:00:00Z',
    escalates: null,
    ...over,
  };
}
