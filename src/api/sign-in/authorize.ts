import type { FastifyInstance } from 'fastify';
import { loopbackRedirect } from '../../identity/loopback.ts';
import type { SignInDemand } from '../../identity/oidc.ts';
import { isCodeChallenge } from '../../identity/pkce.ts';
import { startSignIn } from '../../identity/start-sign-in.ts';
import { countStrangerFailure } from '../../identity/stranger.ts';
import { Refusal } from '../../refusal.ts';
import { clientRedirect } from './client-redirect.ts';
import { attemptCookie, setAttemptCookie } from './cookies.ts';
import { metaOf, type SignInRoutesDeps } from './deps.ts';
import { acrValuesOf, type Parameters, secondsOf, single } from './parameters.ts';

/** The one public client: the `daypass` command (RFC 8252). It has no secret, so nothing is believed of it but PKCE. */
export const cliClientId = 'daypass-cli';

interface Client {
  readonly redirectUri: string;
  readonly state: string | null;
}

/** `GET /oauth/authorize`: a command-line client starts a sign-in in the browser (RFC 6749 4.1.1, RFC 7636, RFC 9470). */
export function authorizeRoute(app: FastifyInstance, deps: SignInRoutesDeps): void {
  app.get<{ Querystring: Parameters }>(
    '/oauth/authorize',
    {
      exposeHeadRoute: false,
      config: { operation: 'authorizeClient' },
      schema: {
        tags: ['sign-in'],
        summary: 'Start the sign-in of a command-line client in the browser',
        description:
          'RFC 6749 with PKCE (S256) for the public client `daypass-cli`, redirecting to a loopback address on any port. `acr_values`, `max_age` and `prompt=login` ask for a step-up.',
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      let client: Client;
      try {
        client = knownClient(request.query);
      } catch (error) {
        // Without an address that is sure to be the client's, the answer stays here (RFC 6749, 4.1.2.1).
        if (!(error instanceof Refusal)) throw error;
        countStrangerFailure(deps.identity, 'oauth.bad_request', metaOf(request));
        return deps.renderError(reply, error);
      }
      try {
        const started = await startSignIn(
          deps.identity,
          {
            purpose: { client: 'cli', ...client, codeChallenge: codeChallenge(request.query) },
            demand: demandOf(request.query),
            browserToken: attemptCookie(request),
          },
          metaOf(request),
        );
        setAttemptCookie(reply, started.browserToken);
        return await reply.redirect(started.url.href, 303);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const answer = { error: errorCode(error, request.query), error_description: error.message };
        return reply.redirect(clientRedirect(deps.publicUrl, client, answer), 303);
      }
    },
  );
}

function knownClient(query: Parameters): Client {
  if (single(query, 'client_id') !== cliClientId) {
    throw new Refusal('invalid_input', `client_id must be ${cliClientId}.`);
  }
  const redirectUri = single(query, 'redirect_uri') ?? '';
  if (loopbackRedirect(redirectUri) === null) {
    throw new Refusal(
      'invalid_input',
      'redirect_uri must be http://127.0.0.1:<port>/… or http://[::1]:<port>/…: the command waits on the same machine.',
    );
  }
  const state = single(query, 'state');
  if (state !== null && !/^[\x20-\x7e]{1,512}$/.test(state)) {
    throw new Refusal('invalid_input', 'state must be at most 512 printable ASCII characters.');
  }
  return { redirectUri, state };
}

function codeChallenge(query: Parameters): string {
  if (single(query, 'response_type') !== 'code') {
    throw new Refusal('invalid_input', 'response_type must be code.');
  }
  const challenge = single(query, 'code_challenge') ?? '';
  if (!isCodeChallenge(challenge) || single(query, 'code_challenge_method') !== 'S256') {
    throw new Refusal('invalid_input', 'PKCE is needed: code_challenge with code_challenge_method S256.');
  }
  return challenge;
}

function demandOf(query: Parameters): SignInDemand {
  const prompt = single(query, 'prompt');
  if (prompt !== null && prompt !== 'login') throw new Refusal('invalid_input', 'prompt can only be login.');
  return {
    acrValues: acrValuesOf(single(query, 'acr_values')),
    maxAgeSeconds: secondsOf('max_age', single(query, 'max_age')),
    promptLogin: prompt === 'login',
  };
}

function errorCode(refusal: Refusal, query: Parameters): string {
  if (refusal.code !== 'invalid_input') return 'temporarily_unavailable';
  const type = query['response_type'];
  return typeof type === 'string' && type !== '' && type !== 'code'
    ? 'unsupported_response_type'
    : 'invalid_request';
}
