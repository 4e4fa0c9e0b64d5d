import type { FastifyInstance } from 'fastify';
import type { SignInRoutesDeps } from './deps.ts';

/** `GET /.well-known/oauth-authorization-server`: what this authorization server can do (RFC 8414). */
export function metadataRoute(app: FastifyInstance, deps: SignInRoutesDeps): void {
  const issuer = deps.publicUrl.origin;
  const acrValues = [...deps.identity.assuranceMap.acr.keys()];
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: ['login'],
    ...(acrValues.length === 0 ? {} : { acr_values_supported: acrValues }),
  };
  app.get(
    '/.well-known/oauth-authorization-server',
    {
      config: { operation: 'issuerMetadata' },
      schema: {
        tags: ['sign-in'],
        summary: 'Metadata of the authorization server',
        description: 'RFC 8414.',
      },
    },
    async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(metadata),
  );
}
