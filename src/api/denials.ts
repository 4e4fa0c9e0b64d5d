import type { FastifyRequest } from 'fastify';
import type { AuditEvent } from '../audit/event.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { ApiDeps } from './deps.ts';

declare module 'fastify' {
  interface FastifyInstance {
    denials: Denials;
  }
}

/** Records, in a transaction of its own, that a known caller was refused. */
export interface Denials {
  /**
   * Other errors and strangers pass by. `target` is what was tried, named by the id in the address: checked in form and nothing
   * more, it may not exist. Throws Refusal `audit_unavailable` when it cannot be written.
   */
  record(caller: Caller | null, operation: string, target: string | null, error: unknown): Promise<void>;
}

const denied: ReadonlySet<RefusalCode> = new Set(['forbidden', 'not_found', 'insufficient_assurance']);
// The caller may do it, and not this one or not now: a stale digest, a second answer, a key used for something else.
const untimely: ReadonlySet<RefusalCode> = new Set([
  'digest_mismatch',
  'already_decided',
  'not_possible',
  'idempotency_mismatch',
  'closed',
]);
const reviewing: ReadonlySet<string> = new Set([
  'reviewRequest',
  'sendReview',
  'slackCallback',
  'graphql Mutation.reviewRequest',
]);
// Codes that are wrong or come too often are events of the factor itself, written where they are judged.
const recordedThemselves: ReadonlySet<string> = new Set([
  'confirmTotp',
  'verifyTotp',
  'sendConfirmTotp',
  'sendVerifyTotp',
]);

/** Events written one by one for each person in a minute, in this process. */
export const writtenAMinute = 30;

/**
 * Denials are written one by one, up to 30 a person and minute, so that nobody can fill the log by being denied. The 30th says
 * that further ones are counted: as `access.denied` under the person's id, beside the failures of strangers.
 */
export function createDenials(deps: Pick<ApiDeps, 'transact' | 'clock' | 'countStranger'>): Denials {
  let minute = 0;
  const written = new Map<string, number>();
  const countOf = (personId: string): number => {
    const now = Math.floor(deps.clock().getTime() / 60_000);
    if (now !== minute) written.clear();
    minute = now;
    const count = (written.get(personId) ?? 0) + 1;
    written.set(personId, count);
    return count;
  };
  return {
    async record(caller, operation, target, error) {
      if (caller === null || !(error instanceof Refusal)) return;
      const kind = kindOf(operation, error.code);
      if (kind === null) return;
      const count = countOf(caller.personId);
      if (count > writtenAMinute) return deps.countStranger('access.denied', caller.personId);
      const facts = factsOf(error);
      const details = {
        operation,
        code: error.code,
        ...(target === null ? {} : { target }),
        ...detailsOf(error),
        ...(count === writtenAMinute ? { furtherOnesAreCounted: true } : {}),
      };
      await deps.transact(caller.context, async (work) => {
        work.audit({ kind, outcome: 'denied', ...facts, ...columnOf(target), details });
      });
    },
  };
}

function kindOf(operation: string, code: RefusalCode): AuditEvent['kind'] | null {
  if (denied.has(code)) return 'access.denied';
  if (!untimely.has(code) || recordedThemselves.has(operation)) return null;
  return reviewing.has(operation) ? 'review.refused' : 'access.denied';
}

/** The id in the address that a request names, when it has the form of one. */
export function targetOf(request: FastifyRequest): string | null {
  const params: unknown = request.params;
  if (typeof params !== 'object' || params === null || !('id' in params)) return null;
  return idIn(params.id);
}

/** Text that has the form of an id; null for anything else, which could be people's own words. */
export function idIn(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z0-9_/-]{1,200}$/.test(value) ? value : null;
}

type Columns = Pick<
  AuditEvent,
  'subject' | 'entitlement' | 'account' | 'request' | 'grant' | 'rule' | 'catalogVersion'
>;

const columns = ['entitlement', 'account', 'request', 'grant', 'rule', 'catalogVersion'] as const;

// What the refusal itself says about who decided on what. It comes from the catalog and from rows, not from the caller.
function factsOf(refusal: Refusal): Columns {
  const said: Readonly<Record<string, unknown>> = { ...refusal.extra, ...refusal.recorded };
  const facts: Partial<Record<(typeof columns)[number], string>> = {};
  for (const column of columns) {
    const value = said[column];
    if (typeof value === 'string' && value !== '') facts[column] = value;
  }
  return facts;
}

// Facts without a column of their own. What was asked for came from the caller, so only what could be ids is kept.
function detailsOf({ extra, recorded }: Refusal): JsonObject {
  const { entitlements } = recorded;
  const { required, current, state, digest } = extra;
  return {
    ...(Array.isArray(entitlements) ? { entitlements: entitlements.map(idIn) } : {}),
    ...(typeof state === 'string' ? { state } : {}),
    ...(typeof digest === 'string' ? { digest } : {}),
    ...levels('required', required),
    ...levels('current', current),
  };
}

function levels(name: string, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null) return {};
  const { level, maxAgeSeconds } = value as { readonly level?: unknown; readonly maxAgeSeconds?: unknown };
  if (typeof level !== 'string') return {};
  return { [name]: { level, ...(typeof maxAgeSeconds === 'number' ? { maxAgeSeconds } : {}) } };
}

function columnOf(target: string | null): Columns {
  if (target === null) return {};
  if (/^req_[0-9a-z]{26}$/.test(target)) return { request: target };
  if (/^grt_[0-9a-z]{26}$/.test(target)) return { grant: target };
  if (/^prs_[0-9a-z]{26}$/.test(target)) return { subject: target };
  return {};
}
