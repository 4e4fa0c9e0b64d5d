import type { FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { ApiDeps } from './deps.ts';

const denials: ReadonlySet<RefusalCode> = new Set(['forbidden', 'not_found', 'insufficient_assurance']);

/**
 * Records, in a transaction of its own, that a known caller was denied; other errors and strangers pass by. What was tried
 * is named by the id in the address, checked in form and nothing more: it may not exist.
 * Throws Refusal `audit_unavailable` when it cannot be written.
 */
export async function recordDenial(
  deps: Pick<ApiDeps, 'transact'>,
  caller: Caller | null,
  operation: string,
  target: string | null,
  error: unknown,
): Promise<void> {
  if (caller === null || !(error instanceof Refusal) || !denials.has(error.code)) return;
  await deps.transact(caller.context, async (work) => {
    await work.audit({
      kind: 'access.denied',
      outcome: 'denied',
      ...columnOf(target),
      details: { operation, code: error.code, ...(target === null ? {} : { target }) },
    });
  });
}

/** The id in the address that a request names, when it has the form of one. */
export function targetOf(request: FastifyRequest): string | null {
  const params: unknown = request.params;
  if (typeof params !== 'object' || params === null || !('id' in params)) return null;
  const { id } = params;
  return typeof id === 'string' && /^[a-z0-9_/-]{1,200}$/.test(id) ? id : null;
}

function columnOf(target: string | null): { request?: string; grant?: string; subject?: string } {
  if (target === null) return {};
  if (/^req_[0-9a-z]{26}$/.test(target)) return { request: target };
  if (/^grt_[0-9a-z]{26}$/.test(target)) return { grant: target };
  if (/^prs_[0-9a-z]{26}$/.test(target)) return { subject: target };
  return {};
}
