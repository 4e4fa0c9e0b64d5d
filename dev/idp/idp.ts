import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type KoaContext, Provider } from 'oidc-provider';
import { providerConfiguration } from './configuration.ts';
import { FaultSwitch, type IdpFault } from './faults.ts';
import { type ClaimsVariant, shapeIdTokens, type Tamper } from './id-tokens.ts';
import { MemoryStore } from './memory-adapter.ts';
import type { SignInMethod } from './methods.ts';
import { signInRoutes } from './sign-in-routes.ts';
import type { DevUser } from './users.ts';

export type IdpClient = { clientId: string; clientSecret: string; redirectUris: readonly string[] };

export type IdpOptions = {
  clients: readonly IdpClient[];
  /** Copied; change them later with `changeUser`. */
  users: readonly DevUser[];
  /** 0 or absent: a free port. */
  port?: number;
  /** What the ID tokens say about the sign-in; `full` if absent. */
  claims?: ClaimsVariant;
  /** False for a provider that knows passwords only; true if absent. */
  mfa?: boolean;
  /** The provider's clock: sign-in times, max_age and the times in ID tokens follow it. The machine's if absent. */
  now?: () => Date;
};

export type Idp = {
  /** The OIDC issuer, without a trailing slash. The same as `url`. */
  issuer: string;
  url: string;
  users: readonly DevUser[];
  /** Allows one more redirect URI. Throws for a client that the provider was not started with. */
  addRedirectUri(clientId: string, uri: string): void;
  /** Changes what is known of a person from the next sign-in on. Throws for an unknown key. */
  changeUser(key: string, change: Partial<Pick<DevUser, 'name' | 'email' | 'groups'>>): void;
  /** Makes the whole server fail, or (null) work again. */
  fail(kind: IdpFault | null): void;
  /** Spoils the next ID token, once. */
  nextIdToken(tamper: Tamper): void;
  /** Closes the port and every open connection. May be called twice. */
  stop(): Promise<void>;
};

function clientMetadata(client: IdpClient, redirectUris: readonly string[]): Record<string, unknown> {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  };
}

// A provider that gives no acr does not announce any either.
function announceOnlyWhatIsGiven(variant: ClaimsVariant) {
  return async (ctx: KoaContext, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.path !== '/.well-known/openid-configuration' || (variant !== 'amr-only' && variant !== 'none'))
      return;
    ctx.body = { ...(ctx.body as object), acr_values_supported: undefined };
  };
}

/**
 * Starts the development identity provider on 127.0.0.1: OIDC code flow with PKCE, a page to sign in as any of `users`
 * with or without a second factor, everything in memory, keys made at start. Rejects when the port is taken.
 */
export async function startIdp(options: IdpOptions): Promise<Idp> {
  const variant = options.claims ?? 'full';
  const methods: SignInMethod[] = options.mfa === false ? ['password'] : ['password', 'otp', 'passkey'];
  const now = options.now ?? (() => new Date());
  const nowSeconds = () => Math.floor(now().getTime() / 1000);
  const users = options.users.map((user) => ({ ...user, groups: [...user.groups] }));
  const store = new MemoryStore();
  const faults = new FaultSwitch();
  let tamper: Tamper | undefined;

  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' };

  const redirectUris = new Map<string, { client: IdpClient; uris: Set<string> }>();
  for (const client of options.clients) {
    redirectUris.set(client.clientId, { client, uris: new Set(client.redirectUris) });
    store.putClient(client.clientId, clientMetadata(client, client.redirectUris));
  }

  // The issuer carries the port, and the port is known only once the server listens.
  let handler: RequestListener = (_req, res) => res.writeHead(503).end();
  const server = createServer(faults.guard((req, res) => handler(req, res)));
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;

  const provider: Provider = new Provider(
    issuer,
    providerConfiguration({
      store,
      signingKey,
      port,
      nowSeconds,
      userBySub: (sub) => users.find((user) => user.sub === sub),
      provider: () => provider,
    }),
  );
  provider.use(signInRoutes({ provider, users, methods, nowSeconds }));
  provider.use(announceOnlyWhatIsGiven(variant));
  provider.use(
    shapeIdTokens({
      variant,
      key: privateKey,
      aheadSeconds: () => nowSeconds() - Math.floor(Date.now() / 1000),
      takeTamper: () => {
        const taken = tamper;
        tamper = undefined;
        return taken;
      },
    }),
  );
  handler = provider.callback();

  return {
    issuer,
    url: issuer,
    users,
    addRedirectUri(clientId, uri) {
      const known = redirectUris.get(clientId);
      if (!known) throw new Error(`The development IdP has no client ${clientId}.`);
      known.uris.add(uri);
      store.putClient(clientId, clientMetadata(known.client, [...known.uris]));
    },
    changeUser(key, change) {
      const user = users.find((candidate) => candidate.key === key);
      if (!user) throw new Error(`The development IdP has no user ${key}.`);
      Object.assign(user, change);
    },
    fail: (kind) => faults.set(kind),
    nextIdToken(ordered) {
      tamper = ordered;
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
