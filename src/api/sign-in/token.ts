import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { databaseFault } from '../../db/fault.ts';
import { revokeToken } from '../../identity/end-sign-in.ts';
import { exchangeCode } from '../../identity/exchange-code.ts';
import { Refusal } from '../../refusal.ts';
import { cliClientId } from './authorize.ts';
import { metaOf, type SignInRoutesDeps } from './deps.ts';
import { type Parameters, single } from './parameters.ts';

/** Errors of the token endpoint (RFC 6749, 5.2). */
type TokenError = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type';

class TokenRefusal extends Error {
  readonly code: TokenError;
  constructor(code: TokenError, message: string) {
    super(message);
    this.code = code;
  }
}

const OAuthError = Type.Object({ error: Type.String(), error_description: Type.String() });
const TokenAnswer = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
});
const form = { consumes: ['application/x-www-form-urlencoded'], tags: ['sign-in'] };
const problems = { 400: { description: 'RFC 6749, 5.2.', ...OAuthError } };

/** The token endpoint and its opposite. Unknown parameters are ignored, as RFC 6749 3.2 demands. */
export function tokenRoutes(app: FastifyInstance, deps: SignInRoutesDeps): void {
  app.post(
    '/oauth/token',
    {
      config: { operation: 'exchangeCode' },
      schema: {
        ...form,
        summary: 'Exchange an authorization code for an access token',
        description:
          'RFC 6749 4.1.3 with PKCE (RFC 7636). A code counts once: a second use ends the sign-in.',
        response: { 200: { description: 'The token, shown once.', ...TokenAnswer }, ...problems },
      },
    },
    (request, reply) =>
      answered(reply, async () => {
        const issued = await exchangeCode(deps.identity, exchangeOf(formOf(request)), metaOf(request));
        if (issued === null) {
          throw new TokenRefusal(
            'invalid_grant',
            'The code is unknown, used or too old, or was issued for another request.',
          );
        }
        return {
          access_token: issued.token.reveal(),
          token_type: 'Bearer',
          expires_in: issued.expiresInSeconds,
        };
      }),
  );

  app.post(
    '/oauth/revoke',
    {
      config: { operation: 'revokeToken' },
      schema: {
        ...form,
        summary: 'End the sign-in of an access token',
        description: 'RFC 7009. Answers 200 for an unknown token too: there is nothing left to end.',
        response: {
          200: { description: 'The token is worth nothing now.', ...Type.Object({}) },
          ...problems,
        },
      },
    },
    (request, reply) =>
      answered(reply, async () => {
        const token = single(formOf(request), 'token');
        if (token === null) throw new TokenRefusal('invalid_request', 'token is missing.');
        await revokeToken(deps.identity, token, metaOf(request));
        return {};
      }),
  );
}

function formOf(request: FastifyRequest): Parameters {
  const { body } = request;
  const sent = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (!sent || typeof body !== 'object' || body === null) {
    throw new TokenRefusal('invalid_request', 'Send a form: application/x-www-form-urlencoded.');
  }
  return { ...body };
}

function exchangeOf(parameters: Parameters) {
  const needed = (name: string): string => {
    const value = single(parameters, name);
    if (value === null) throw new TokenRefusal('invalid_request', `${name} is missing.`);
    return value;
  };
  if (needed('grant_type') !== 'authorization_code') {
    throw new TokenRefusal('unsupported_grant_type', 'grant_type must be authorization_code.');
  }
  if (needed('client_id') !== cliClientId) {
    throw new TokenRefusal('invalid_client', `client_id must be ${cliClientId}.`);
  }
  return { code: needed('code'), redirectUri: needed('redirect_uri'), codeVerifier: needed('code_verifier') };
}

async function answered(reply: FastifyReply, work: () => Promise<object>): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache').type('application/json');
  const refuse = (status: number, error: string, description: string) =>
    reply.code(status).send({ error, error_description: description });
  try {
    return reply.send(await work());
  } catch (error) {
    if (error instanceof TokenRefusal) return refuse(400, error.code, error.message);
    if (error instanceof Refusal) {
      if (error.code === 'invalid_input') return refuse(400, 'invalid_request', error.message);
      return refuse(503, 'temporarily_unavailable', error.message);
    }
    if (databaseFault(error) === 'unavailable') {
      return refuse(
        503,
        'temporarily_unavailable',
        'Daypass cannot reach its database right now. Try again in a moment.',
      );
    }
    throw error;
  }
}
