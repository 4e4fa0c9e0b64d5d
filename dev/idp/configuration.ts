import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import type { GrantModel, InteractionModel, KoaContext, OidcContext, Provider } from 'oidc-provider';
import type { MemoryStore } from './memory-adapter.ts';
import { ACR_VALUES } from './methods.ts';
import { errorPage, pagePolicy } from './page.ts';
import { signInPolicy } from './policy.ts';
import { SIGN_IN_PATH } from './sign-in-routes.ts';
import type { DevUser } from './users.ts';

const HOUR = 3600;

export type ConfigurationInput = {
  store: MemoryStore;
  signingKey: JWK;
  /** Part of the cookie names: a browser shares cookies between the ports of one host. */
  port: number;
  nowSeconds: () => number;
  userBySub: (sub: string) => DevUser | undefined;
  /** oidc-provider's models exist only after the provider was made from this configuration. */
  provider: () => Provider;
};

/**
 * One grant for each person and application, made at the first sign-in and used ever after: consent is given in advance.
 * (A new one at each sign-in ends earlier tokens, unless `expiresWithSession` below is off.)
 */
function reuseGrants(provider: () => Provider) {
  const ids = new Map<string, string>();
  return async ({ oidc }: OidcContext): Promise<GrantModel | undefined> => {
    if (!oidc.account) return undefined;
    const of = { accountId: oidc.account.accountId, clientId: oidc.client.clientId };
    const key = JSON.stringify(of);
    const { Grant } = provider();
    const known = ids.get(key);
    const existing = known === undefined ? undefined : await Grant.find(known);
    if (existing) return existing;
    const grant = new Grant(of);
    grant.addOIDCScope('openid profile email groups');
    ids.set(key, await grant.save());
    return grant;
  };
}

/** The configuration of oidc-provider. Everything that has a default which prints a notice is given a value. */
export function providerConfiguration(input: ConfigurationInput): Record<string, unknown> {
  const cookie = (name: string) => `dev-idp-${input.port}-${name}`;
  return {
    adapter: (model: string) => input.store.adapter(model),
    jwks: { keys: [input.signingKey] },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: {
        session: cookie('session'),
        interaction: cookie('interaction'),
        resume: cookie('resume'),
      },
    },
    acrValues: ACR_VALUES,
    scopes: ['openid'],
    claims: {
      // `groups` comes with every sign-in, as with providers where an administrator maps it, not only with a scope of that name.
      openid: ['sub', 'acr', 'amr', 'auth_time', 'groups'],
      profile: ['name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic'],
    clientBasedCORS: () => false,
    // Tokens outlive a change of person in the same browser, as they do at providers with stateless tokens.
    expiresWithSession: async () => false,
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      Grant: 14 * 24 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: 24 * HOUR,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
    },
    interactions: {
      policy: signInPolicy(input.nowSeconds),
      url: (_ctx: KoaContext, interaction: InteractionModel) => `${SIGN_IN_PATH}${interaction.uid}`,
    },
    loadExistingGrant: reuseGrants(input.provider),
    findAccount: async (_ctx: KoaContext, sub: string) => {
      const user = input.userBySub(sub);
      if (!user) return undefined;
      const { name, email, groups } = user;
      return {
        accountId: sub,
        claims: async () => ({ sub, name, email, email_verified: true, groups: [...groups] }),
      };
    },
    renderError: async (ctx: KoaContext, out: { error: string; error_description?: string }) => {
      ctx.type = 'html';
      ctx.set('content-security-policy', pagePolicy());
      ctx.body = errorPage(out.error, out.error_description);
    },
  };
}
