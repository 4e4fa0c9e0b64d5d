import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SignInPurpose } from '../../identity/attempt.ts';
import { type FinishedSignIn, finishSignIn } from '../../identity/finish-sign-in.ts';
import { SignInRefused } from '../../identity/sign-in-refused.ts';
import { Refusal } from '../../refusal.ts';
import { sessionCookie } from '../session-cookie.ts';
import { clientRedirect } from './client-redirect.ts';
import { attemptCookie, setSessionCookie } from './cookies.ts';
import { metaOf, type SignInRoutesDeps } from './deps.ts';

/** `GET /oauth/callback`: the identity provider sends the browser back, for pages and command-line clients alike. */
export function callbackRoute(app: FastifyInstance, deps: SignInRoutesDeps): void {
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/oauth/callback',
    // Without HEAD: a look at the address must not use up what is in it.
    { exposeHeadRoute: false, config: { operation: 'finishSignIn' }, schema: { hide: true } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { state } = request.query;
      try {
        const finished = await finishSignIn(
          deps.identity,
          {
            query: new URL(request.url, deps.publicUrl).search,
            state: typeof state === 'string' ? state : null,
            browserToken: attemptCookie(request),
            replaces: sessionCookie(request),
          },
          metaOf(request),
        );
        return answer(deps, reply, finished);
      } catch (error) {
        if (error instanceof SignInRefused) return refuse(deps, reply, error.purpose, error.refusal);
        if (error instanceof Refusal) return deps.renderError(reply, error);
        throw error;
      }
    },
  );
}

function answer(deps: SignInRoutesDeps, reply: FastifyReply, finished: FinishedSignIn): unknown {
  if ('question' in finished) {
    const { redirectUri } = finished.purpose;
    return deps.renderClientQuestion(reply, { ...finished.question, redirectUri });
  }
  setSessionCookie(reply, finished.token.reveal(), deps.identity.tokenSeconds);
  return reply.redirect(finished.purpose.returnTo, 303);
}

function refuse(
  deps: SignInRoutesDeps,
  reply: FastifyReply,
  purpose: SignInPurpose,
  refusal: Refusal,
): unknown {
  if (purpose.client === 'browser') return deps.renderError(reply, refusal);
  const error = refusal.code === 'idp_unavailable' ? 'temporarily_unavailable' : 'access_denied';
  return reply.redirect(
    clientRedirect(deps.publicUrl, purpose, { error, error_description: refusal.message }),
    303,
  );
}
