import type { FastifyRequest } from 'fastify';
import type { MercuriusContext } from 'mercurius';
import type { RequestView } from '../../approvals/view.ts';
import type { Caller } from '../../identity/caller.ts';

declare module 'mercurius' {
  interface MercuriusContext {
    caller: Caller;
    request: FastifyRequest;
    /** Use cases that this document began; none of them rejects. */
    underWay: Promise<unknown>[];
  }
}

/** What resolvers are handed beside their arguments. */
export type GraphContext = MercuriusContext;

/** A request; without an id in a dry run. */
export type GraphRequest = Omit<RequestView, 'id'> & { readonly id: string | null };
