import {
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import type { KoaContext } from 'oidc-provider';

/**
 * What the ID token says about the sign-in. Real providers leave claims out: `amr-only` has amr, no acr and an auth_time of 0;
 * `acr-only` has acr and auth_time and no amr; `none` has none of the three.
 */
export type ClaimsVariant = 'full' | 'amr-only' | 'acr-only' | 'none';

/** Spoils one ID token. A claim set to `undefined` is left out. */
export type Tamper = {
  claims?: Record<string, unknown>;
  /** Sign with a key that the provider never published, under the published key's id. */
  foreignKey?: boolean;
};

const LEFT_OUT: Readonly<Record<ClaimsVariant, JWTPayload>> = {
  full: {},
  'amr-only': { acr: undefined, auth_time: 0 },
  'acr-only': { amr: undefined },
  none: { acr: undefined, amr: undefined, auth_time: undefined },
};

export type IdTokenShaping = {
  variant: ClaimsVariant;
  key: CryptoKey;
  /** How far the provider's clock is ahead of the machine's, in seconds. */
  aheadSeconds: () => number;
  /** Takes what was ordered for the next ID token, once. */
  takeTamper: () => Tamper | undefined;
};

/**
 * Signs each ID token of the token endpoint anew, with claims left out, times moved to the provider's clock, or spoilt as ordered.
 * After the fact, because oidc-provider (rightly) has no setting for any of it.
 */
export function shapeIdTokens({ variant, key, aheadSeconds, takeTamper }: IdTokenShaping) {
  return async (ctx: KoaContext, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.path !== '/token' || ctx.status !== 200) return;
    const answer = ctx.body as { id_token?: string };
    if (answer.id_token === undefined) return;

    const issued = decodeJwt(answer.id_token);
    const ahead = aheadSeconds();
    const moved = { ...issued, iat: (issued.iat ?? 0) + ahead, exp: (issued.exp ?? 0) + ahead };
    const tamper = takeTamper();
    const claims = { ...moved, ...LEFT_OUT[variant], ...tamper?.claims };
    const signWith = tamper?.foreignKey ? (await generateKeyPair('RS256')).privateKey : key;
    const header = decodeProtectedHeader(answer.id_token);
    const idToken = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'RS256' }).sign(signWith);
    ctx.body = { ...answer, id_token: idToken };
  };
}
