import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate } from '../identity/authenticate.ts';
import type { Caller } from '../identity/caller.ts';
import { authorise, type Rule } from './authorisation.ts';
import type { ApiDeps } from './deps.ts';
import { ruleOf } from './operation-hook.ts';
import { sessionCookie } from './session-cookie.ts';
import { limitUnknownTokens } from './unknown-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, from a live sign-in; null for everybody else. */
    caller: Caller | null;
  }
}

// More than any token of ours; longer ones are not worth hashing.
const longestToken = 200;

/** Sets `request.caller` before anything else runs. Addresses that send many tokens of nobody are asked to wait, unheard. */
export function identifyCallers(app: FastifyInstance, deps: ApiDeps): void {
  app.decorateRequest('caller', null);
  const unknown = limitUnknownTokens(deps.clock);
  app.addHook('onRequest', async (request) => {
    const rule = ruleOf(request.routeOptions.config);
    const token = rule === null ? null : tokenFor(rule, request);
    if (rule === null || token === null || token.length > longestToken) return;
    unknown.requireRoom(token, request.ip);
    request.caller = await authenticate(deps.identity, token, {
      address: request.ip,
      requestId: request.id,
      client: rule.credential === 'cookie' ? 'browser' : 'cli',
    });
    unknown.lookedUp(token, request.ip, request.caller !== null);
  });
}

/** Decides, by the table alone, whether the call goes on; before its body is read. */
export function authoriseCallers(app: FastifyInstance): void {
  app.addHook('preParsing', async (request) => {
    const rule = ruleOf(request.routeOptions.config);
    if (rule !== null) authorise(rule, request.caller);
  });
}

/** The caller of an operation whose rule lets only signed-in people through. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error('an operation for signed-in people ran without a caller');
  return request.caller;
}

function tokenFor(rule: Rule, request: FastifyRequest): string | null {
  switch (rule.credential) {
    case 'bearer':
      return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
    case 'cookie':
      return sessionCookie(request);
    case 'none':
    case 'signature':
      return null;
    default:
      return rule.credential satisfies never;
  }
}
