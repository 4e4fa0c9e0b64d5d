import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../refusal.ts';

// Calls a minute. People share an office's address, so whoever is known is counted by their sign-in and not by it.
const ofOneSignIn = 6_000;
const ofOneAddress = 600;

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
    errorResponseBuilder: (_request, context) =>
      new Refusal('rate_limited', 'Too many calls in a minute. Wait and try again.', {
        retryAfterSeconds: Math.ceil(context.ttl / 1000),
      }),
  });
}
