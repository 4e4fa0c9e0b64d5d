import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';

// Calls a minute. People share an office's address, so whoever is known is counted by their sign-in and not by it.
const ofOneSignIn = 6_000;
const ofOneAddress = 600;

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a call as so many more than the one that it is. Throws Refusal `rate_limited`. */
    chargeMore(request: FastifyRequest, calls: number): Promise<void>;
  }
}

/** Keeps one caller from using up the service. Runs after callers are identified; each replica counts for itself. */
export async function limitRates(app: FastifyInstance): Promise<void> {
  await app.register(fastifyRateLimit, {
    timeWindow: 60_000,
    max: (request) => (request.caller === null ? ofOneAddress : ofOneSignIn),
    keyGenerator: (request) =>
      request.caller === null ? fastifyRateLimit.normalizeIP(request.ip, 64) : request.caller.signInId,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: (_request, context) => tooMany(context.ttl),
  });
  // The same count that every call adds one to.
  const count = app.createRateLimit();
  app.decorate('chargeMore', async (request: FastifyRequest, calls: number) => {
    for (let i = 0; i < calls; i++) {
      const counted = await count(request);
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttl);
    }
  });
}

function tooMany(ttlMilliseconds: number): Refusal {
  return new Refusal('rate_limited', 'Too many calls in a minute. Wait and try again.', {
    retryAfterSeconds: Math.ceil(ttlMilliseconds / 1000),
  });
}

/** One-time codes that one sign-in may try in a minute: each that is wrong, or comes while they are locked, is an event. */
export const codesAMinute = { max: 30, timeWindow: 60_000 };
