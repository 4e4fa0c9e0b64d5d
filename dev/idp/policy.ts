import { interactionPolicy, type OidcContext } from 'oidc-provider';
import { satisfies } from './methods.ts';

/** Splits the space-separated `acr_values` of an authorization request. */
export function splitAcrValues(value: string | undefined): string[] {
  return (value ?? '').split(' ').filter((acr) => acr !== '');
}

/**
 * When the provider shows its sign-in page. oidc-provider on its own ignores `acr_values` unless it comes as an essential
 * claim, so a check is added; `max_age` is checked anew against the provider's adjustable clock. After one sign-in
 * no check asks again: `acr_values` is voluntary (OpenID Connect Core 3.1.2.1), so a person who picks less than was asked goes
 * back with less, and it is for the application to refuse.
 *
 * @param nowSeconds the provider's time, in seconds since the epoch
 */
export function signInPolicy(nowSeconds: () => number): interactionPolicy.Policy {
  const policy = interactionPolicy.base();
  // Consent is given in advance by the stored grant; left in, native clients would be asked for it for ever.
  policy.remove('consent');
  const login = policy.get('login');
  if (!login) throw new Error('oidc-provider no longer has a login prompt: dev/idp/policy.ts needs a look.');

  const unlessJustSignedIn = (unmet: (ctx: OidcContext) => boolean) => (ctx: OidcContext) =>
    ctx.oidc.session.accountId !== undefined && !ctx.oidc.result?.login && unmet(ctx);

  login.checks.remove('max_age');
  login.checks.add(
    new interactionPolicy.Check(
      'max_age',
      'a fresher sign-in was asked for',
      'login_required',
      unlessJustSignedIn(({ oidc }) => {
        if (oidc.params['max_age'] === undefined) return false;
        return nowSeconds() - (oidc.session.loginTs ?? 0) > Number(oidc.params['max_age']);
      }),
    ),
  );
  login.checks.add(
    new interactionPolicy.Check(
      'acr_values',
      'a stronger sign-in was asked for',
      'login_required',
      unlessJustSignedIn(
        ({ oidc }) => !satisfies(oidc.session.acr, splitAcrValues(oidc.params['acr_values'])),
      ),
    ),
  );
  return policy;
}
