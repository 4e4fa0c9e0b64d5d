import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What the next ID token is to be. */
export type Forgery = (token: {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Signs as an honest provider would, with claims changed. */
  readonly sign: (change?: Record<string, unknown>) => Promise<string>;
}) => Promise<string> | string;

/** An identity provider that answers every code with whatever ID token it is told to. */
export interface EvilIdp {
  readonly issuer: string;
  /** Takes the nonce of the sign-in that is under way. */
  answerWith(nonce: string, forgery: Forgery): void;
  stop(): Promise<void>;
}

export async function startEvilIdp(clientId: string): Promise<EvilIdp> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  let idToken: () => Promise<string> = () => Promise.resolve('');
  let issuer = '';
  const server = createServer((request, response) => {
    const json = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (request.url ?? '') {
      case '/.well-known/openid-configuration':
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          // As lax as a provider can be: what it allows must not matter.
          id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        });
      case '/jwks':
        return json({ keys: [jwk] });
      case '/token':
        return void idToken().then((token) =>
          json({ access_token: 'at', token_type: 'Bearer', id_token: token, expires_in: 60 }),
        );
      default:
        return response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    answerWith(nonce, forgery) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        aud: clientId,
        sub: 'victim',
        nonce,
        iat: now,
        exp: now + 300,
        auth_time: now,
        groups: ['operators'],
      };
      const sign = (change: Record<string, unknown> = {}) =>
        new SignJWT({ ...claims, ...change })
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .sign(privateKey);
      idToken = async () => forgery({ claims, sign });
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
