import type { FastifyInstance, FastifyRequest } from 'fastify';
import { confirmClient } from '../../identity/confirm-client.ts';
import { Refusal } from '../../refusal.ts';
import { formTokenField } from '../form-check.ts';
import { clientRedirect } from './client-redirect.ts';
import { attemptCookie } from './cookies.ts';
import { metaOf, type SignInRoutesDeps } from './deps.ts';
import { single } from './parameters.ts';

/** `POST /oauth/confirm`: the person says whether the command on their computer is to be signed in. */
export function confirmRoute(app: FastifyInstance, deps: SignInRoutesDeps): void {
  app.post(
    '/oauth/confirm',
    { config: { operation: 'confirmClientSignIn' }, schema: { hide: true } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      try {
        const { purpose, code } = await confirmClient(
          deps.identity,
          { ...answerOf(request, deps.publicUrl), browserToken: attemptCookie(request) },
          metaOf(request),
        );
        const answer: Record<string, string> =
          code === null
            ? { error: 'access_denied', error_description: 'The sign-in was not confirmed in the browser.' }
            : { code: code.reveal() };
        return await reply.redirect(clientRedirect(deps.publicUrl, purpose, answer), 303);
      } catch (error) {
        if (error instanceof Refusal) return deps.renderError(reply, error);
        throw error;
      }
    },
  );
}

function answerOf(request: FastifyRequest, publicUrl: URL) {
  const { body, headers } = request;
  const sent = typeof body === 'object' && body !== null ? { ...body } : {};
  if (headers.origin !== undefined && headers.origin !== publicUrl.origin) {
    throw new Refusal('forbidden', 'This form came from another site. Start again from your terminal.');
  }
  const answer = single(sent, 'answer');
  if (answer !== 'continue' && answer !== 'cancel') {
    throw new Refusal('invalid_input', 'answer must be continue or cancel.');
  }
  return { answer, token: single(sent, formTokenField) } as const;
}
