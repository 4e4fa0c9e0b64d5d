import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallMeta, IdentityDeps } from '../../identity/deps.ts';
import type { Refusal } from '../../refusal.ts';
import type { ClientQuestion } from '../pages/client-confirmation.ts';

export interface SignInRoutesDeps {
  readonly identity: IdentityDeps;
  /** Where people reach Daypass: scheme, host and port, no path. */
  readonly publicUrl: URL;
  /** Answers with a page that says what went wrong and what to do. */
  readonly renderError: (reply: FastifyReply, refusal: Refusal) => unknown;
  /** Asks whether a command-line client is to be signed in. */
  readonly renderClientQuestion: (reply: FastifyReply, question: ClientQuestion) => unknown;
}

/** Where a request comes from. */
export function metaOf(request: FastifyRequest): CallMeta {
  return { address: request.ip, requestId: request.id };
}
