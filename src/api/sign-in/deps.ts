import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallMeta, IdentityDeps } from '../../identity/deps.ts';
import type { Refusal } from '../../refusal.ts';

export interface SignInRoutesDeps {
  readonly identity: IdentityDeps;
  /** Where people reach Daypass: scheme, host and port, no path. */
  readonly publicUrl: URL;
  /** Answers with a page that says what went wrong and what to do. */
  readonly renderError: (reply: FastifyReply, refusal: Refusal) => unknown;
}

/** Where a request comes from. */
export function metaOf(request: FastifyRequest): CallMeta {
  return { address: request.ip, requestId: request.id };
}
