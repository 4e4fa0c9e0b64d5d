import type { FastifyInstance } from 'fastify';
import { acrValuesFor } from '../../identity/assurance-map.ts';
import { endSignIn } from '../../identity/end-sign-in.ts';
import { formTokenHolds } from '../../identity/form-token.ts';
import type { SignInDemand } from '../../identity/oidc.ts';
import { safeReturnTo } from '../../identity/return-to.ts';
import { startSignIn } from '../../identity/start-sign-in.ts';
import { Refusal } from '../../refusal.ts';
import { formTokenField } from '../form-check.ts';
import { attemptCookie, clearSessionCookie, setAttemptCookie } from './cookies.ts';
import { metaOf, type SignInRoutesDeps } from './deps.ts';
import { levelOf, type Parameters, secondsOf, single } from './parameters.ts';

/** Signing in to the pages, and out again. */
export function browserRoutes(app: FastifyInstance, deps: SignInRoutesDeps): void {
  /** `GET /login?returnTo=&level=&maxAge=`: sign in, or step up to `level` no longer than `maxAge` seconds ago. */
  app.get<{ Querystring: Parameters }>(
    '/login',
    { exposeHeadRoute: false, config: { operation: 'startSignIn' }, schema: { hide: true } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      try {
        const returnTo = safeReturnTo(single(request.query, 'returnTo') ?? '/');
        if (returnTo === null) throw new Refusal('invalid_input', 'returnTo must be a page of Daypass.');
        const started = await startSignIn(
          deps.identity,
          {
            purpose: { client: 'browser', returnTo },
            demand: stepUp(deps, request.query),
            browserToken: attemptCookie(request),
          },
          metaOf(request),
        );
        setAttemptCookie(reply, started.browserToken);
        return await reply.redirect(started.url.href, 303);
      } catch (error) {
        if (error instanceof Refusal) return deps.renderError(reply, error);
        throw error;
      }
    },
  );

  app.post(
    '/logout',
    { config: { operation: 'endBrowserSignIn' }, schema: { hide: true } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { caller, body } = request;
      if (caller !== null) {
        const sent: unknown =
          typeof body === 'object' && body !== null ? Reflect.get(body, formTokenField) : undefined;
        if (!formTokenHolds(deps.identity.masterKey, caller.signInId, sent)) {
          const message =
            'This form is out of date or came from another site. Open the page again and sign out from there.';
          return deps.renderError(reply, new Refusal('forbidden', message));
        }
        await endSignIn(deps.identity, caller);
      }
      clearSessionCookie(reply);
      return reply.redirect('/', 303);
    },
  );
}

function stepUp(deps: SignInRoutesDeps, query: Parameters): SignInDemand {
  const level = levelOf(single(query, 'level')) ?? 'single-factor';
  const acrValues = acrValuesFor(deps.identity.assuranceMap, level);
  return {
    acrValues,
    maxAgeSeconds: secondsOf('maxAge', single(query, 'maxAge')),
    // A provider whose levels have no names in acr can only be asked to start over.
    promptLogin: level !== 'single-factor' && acrValues.length === 0,
  };
}
