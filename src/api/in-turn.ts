import type { FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller.ts';
import { callerOf } from './authentication.ts';
import type { Turns } from './turns.ts';

declare module 'fastify' {
  interface FastifyInstance {
    turns: Turns;
  }
}

/** Reads a list for the caller when their turn comes. Throws Refusal `rate_limited` when too much of theirs waits. */
export function inTurn<T>(request: FastifyRequest, read: (caller: Caller) => Promise<T>): Promise<T> {
  const caller = callerOf(request);
  return request.server.turns.run(caller.personId, () => read(caller));
}
