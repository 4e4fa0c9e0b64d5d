import { text } from 'node:stream/consumers';
import { errors, type InteractionModel, type KoaContext, type Provider } from 'oidc-provider';
import { isSignInMethod, METHODS, type SignInMethod } from './methods.ts';
import { errorPage, pagePolicy, signInPage } from './page.ts';
import { splitAcrValues } from './policy.ts';
import type { DevUser } from './users.ts';

export const SIGN_IN_PATH = '/sign-in/';

export type SignInRoutes = {
  provider: Provider;
  users: readonly DevUser[];
  methods: readonly SignInMethod[];
  nowSeconds: () => number;
};

function send(ctx: KoaContext, status: number, html: string, returnTo?: string): void {
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('content-security-policy', pagePolicy(returnTo));
  ctx.set('cache-control', 'no-store');
  ctx.set('referrer-policy', 'no-referrer');
  ctx.body = html;
}

function expectedUser(users: readonly DevUser[], interaction: InteractionModel): DevUser | undefined {
  const hint = interaction.params['login_hint'] ?? interaction.session?.accountId;
  return users.find((user) => hint === user.email || hint === user.sub || hint === user.key);
}

function whatIsWanted(interaction: InteractionModel, methods: readonly SignInMethod[]): string[] {
  const wanted: string[] = [];
  const { reasons } = interaction.prompt;
  const maxAge = interaction.params['max_age'];
  const acrValues = splitAcrValues(interaction.params['acr_values']);
  if (reasons.includes('login_prompt')) wanted.push('The application asks you to sign in again.');
  if (reasons.includes('max_age')) {
    wanted.push(`The application asks for a sign-in no older than ${maxAge} seconds.`);
  }
  if (acrValues.length > 0) {
    const known = Object.values(METHODS).filter((method) => acrValues.includes(method.acr));
    const labels = known.map((method) => method.label).join(', or ');
    wanted.push(`The application asks for ${acrValues.join(' or ')}${labels && `: sign in ${labels}`}.`);
    if (!methods.some((method) => acrValues.includes(METHODS[method].acr))) {
      wanted.push('This identity provider cannot do that: it knows passwords only.');
    }
  }
  return wanted;
}

async function finish(routes: SignInRoutes, ctx: KoaContext, interaction: InteractionModel): Promise<void> {
  const choice = new URLSearchParams(await text(ctx.req)).get('choice') ?? '';
  const [userKey, method = ''] = choice.split('/');
  const user = routes.users.find((candidate) => candidate.key === userKey);
  if (!user || !isSignInMethod(method) || !routes.methods.includes(method)) {
    send(ctx, 400, errorPage('invalid_choice', 'There is no such user or way to sign in.'));
    return;
  }
  const { acr, amr } = METHODS[method];
  const login = { accountId: user.sub, acr, amr: [...amr], ts: routes.nowSeconds() };
  const next = await routes.provider.interactionResult(ctx.req, ctx.res, { login });

  // oidc-provider answers a change of person with a log-out form that needs a script. Handing the session over here
  // spares that, and leaves the other person's grants and tokens as they are.
  if (interaction.session && interaction.session.accountId !== user.sub) {
    const session = await routes.provider.Session.findByUid(interaction.session.uid);
    if (session) {
      session.accountId = user.sub;
      session.authorizations = {};
      await session.persist();
    }
  }
  ctx.redirect(next);
  ctx.status = 303;
}

/** Shows the sign-in page on GET and takes the choice on POST, for the authorization request that the interaction cookie names. */
export function signInRoutes(routes: SignInRoutes) {
  return async (ctx: KoaContext, next: () => Promise<void>): Promise<void> => {
    if (!ctx.path.startsWith(SIGN_IN_PATH)) return next();
    if (ctx.method !== 'GET' && ctx.method !== 'POST') {
      return send(ctx, 405, errorPage('method_not_allowed'));
    }
    let interaction: InteractionModel;
    try {
      interaction = await routes.provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      return send(
        ctx,
        400,
        errorPage('no_sign_in', 'This sign-in is over or was started in another browser.'),
      );
    }
    if (ctx.path !== `${SIGN_IN_PATH}${interaction.uid}`) {
      return send(ctx, 400, errorPage('no_sign_in', 'Another sign-in was started since.'));
    }
    if (ctx.method === 'POST') return finish(routes, ctx, interaction);
    const html = signInPage({
      users: routes.users,
      methods: routes.methods,
      wanted: whatIsWanted(interaction, routes.methods),
      expected: expectedUser(routes.users, interaction),
    });
    return send(ctx, 200, html, interaction.params['redirect_uri']);
  };
}
