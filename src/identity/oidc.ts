import * as client from 'openid-client';
import type { Clock } from '../db/clock.ts';
import { createEgress } from '../egress/egress.ts';
import { egressFetch } from '../egress/fetch.ts';
import type { Secret } from '../keys/secret.ts';
import { OidcFailure, type OidcProblem, oidcFailure } from './oidc-failure.ts';

export interface OidcOptions {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly clientAuth: 'client_secret_basic' | 'client_secret_post';
  /** Scopes to ask for, separated by spaces. */
  readonly scopes: string;
  /** Where the provider sends the browser back to. */
  readonly callbackUrl: URL;
  readonly clock: Clock;
  /** Networks that may be called although they are not public, for a provider inside; none when left out. */
  readonly egressAllow?: readonly string[];
  /** Told why the provider could not be used, for the log. What it is given holds no secret. */
  readonly onProblem: (problem: OidcProblem) => void;
}

/** What a sign-in demands of the provider. */
export interface SignInDemand {
  readonly acrValues: readonly string[];
  /** Longest time since the person signed in at the provider, in seconds; null for any. */
  readonly maxAgeSeconds: number | null;
  /** Ask the person to sign in again whatever the provider remembers. */
  readonly promptLogin: boolean;
}

/** A sign-in to send the browser to, and what has to be remembered to judge its answer. */
export interface StartedSignIn {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface CallbackAnswer {
  /** The query of the callback as it came. */
  readonly query: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** A claim that is looked for at the userinfo endpoint when the ID token lacks it. */
  readonly neededClaim: string;
}

/** The identity provider. Both calls throw OidcFailure. */
export interface Oidc {
  start(demand: SignInDemand): Promise<StartedSignIn>;
  /** Exchanges the code of a callback and verifies the ID token; returns its claims. */
  finish(answer: CallbackAnswer): Promise<Readonly<Record<string, unknown>>>;
}

const timeoutSeconds = 8;
const metadataFreshMilliseconds = 3_600_000;
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * OpenID Connect code flow with PKCE (S256), state, nonce, the issuer check of RFC 9207 and a verified signature. The
 * provider's metadata is fetched when first needed and again after an hour, so Daypass starts while the provider is down.
 * Throws when the issuer is neither https nor on loopback.
 */
export function createOidc(options: OidcOptions): Oidc {
  const insecure = options.issuer.protocol === 'http:';
  if (
    options.issuer.protocol !== 'https:' &&
    !(insecure && loopbackHosts.includes(options.issuer.hostname))
  ) {
    throw new Error('the identity provider must be an https URL (http only for loopback)');
  }
  const metadata = cachedMetadata(options, insecure);
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      const { failure, problem } = oidcFailure(error);
      if (problem !== null) options.onProblem(problem);
      throw failure;
    }
  };
  return {
    start: (demand) => guarded(async () => start(await metadata(), options, demand)),
    finish: (answer) => guarded(async () => finish(await metadata(), options, answer)),
  };
}

function cachedMetadata(options: OidcOptions, insecure: boolean): () => Promise<client.Configuration> {
  let known: { configuration: client.Configuration; at: number } | null = null;
  let fetching: Promise<client.Configuration> | null = null;
  const secret = options.clientSecret.reveal();
  const authentication =
    options.clientAuth === 'client_secret_post'
      ? client.ClientSecretPost(secret)
      : client.ClientSecretBasic(secret);
  const onThisMachine = loopbackHosts.includes(options.issuer.hostname);
  const egress = createEgress({
    allow: options.egressAllow ?? [],
    loopbackOrigins: onThisMachine ? [options.issuer.origin] : [],
  });
  // Code flow over TLS may skip the ID token's signature (Core 3.1.3.7); it is verified all the same.
  const execute = [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])];
  const fetchOnce = async () => {
    const configuration = await client.discovery(
      options.issuer,
      options.clientId,
      undefined,
      authentication,
      {
        execute,
        timeout: timeoutSeconds,
        // Used for discovery and from then on for every address that the discovery document names.
        [client.customFetch]: egressFetch(egress),
      },
    );
    known = { configuration, at: options.clock().getTime() };
    return configuration;
  };
  return async () => {
    if (known !== null && options.clock().getTime() - known.at < metadataFreshMilliseconds) {
      return known.configuration;
    }
    // Callers that arrive together share one fetch; a failed one is forgotten, so that the next caller tries again.
    fetching ??= fetchOnce().finally(() => {
      fetching = null;
    });
    if (known === null) return fetching;
    const old = known.configuration;
    return fetching.catch(() => old);
  };
}

async function start(
  configuration: client.Configuration,
  options: OidcOptions,
  demand: SignInDemand,
): Promise<StartedSignIn> {
  const state = client.randomState();
  const nonce = client.randomNonce();
  const codeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: options.callbackUrl.href,
    scope: options.scopes,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(demand.acrValues.length === 0 ? {} : { acr_values: demand.acrValues.join(' ') }),
    ...(demand.maxAgeSeconds === null ? {} : { max_age: String(demand.maxAgeSeconds) }),
    ...(demand.promptLogin ? { prompt: 'login' } : {}),
  });
  return { url, state, nonce, codeVerifier };
}

async function finish(
  configuration: client.Configuration,
  options: OidcOptions,
  answer: CallbackAnswer,
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(options.callbackUrl);
  url.search = answer.query;
  checkAnswer(url.searchParams, configuration.serverMetadata());
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: answer.codeVerifier,
    expectedNonce: answer.nonce,
    expectedState: answer.state,
    idTokenExpected: true,
  });
  const claims: Readonly<Record<string, unknown>> | undefined = tokens.claims();
  if (claims === undefined) throw new OidcFailure('invalid', 'no_id_token');
  if (
    claims[answer.neededClaim] !== undefined ||
    configuration.serverMetadata().userinfo_endpoint === undefined
  ) {
    return claims;
  }
  // Some providers keep the ID token small and give the rest here. How somebody signed in is read from the ID token alone.
  const more = await client.fetchUserInfo(configuration, tokens.access_token, String(claims['sub']));
  const { name, email, [answer.neededClaim]: needed } = more;
  return { name, email, [answer.neededClaim]: needed, ...claims };
}

// The same checks as the library's, ahead of it: what fails here anybody can make up, what fails later came from the provider.
function checkAnswer(query: URLSearchParams, metadata: client.ServerMetadata): void {
  const once = (name: string): string | null => {
    const values = query.getAll(name);
    if (values.length > 1) throw new OidcFailure('refused', 'repeated_parameter');
    return values[0] ?? null;
  };
  const [iss, code, error] = [once('iss'), once('code'), once('error')];
  const issuerMissing = iss === null && metadata.authorization_response_iss_parameter_supported === true;
  if (issuerMissing || (iss !== null && iss !== metadata.issuer)) {
    throw new OidcFailure('refused', 'issuer_mismatch');
  }
  if (error === null && (code === null || code === '')) throw new OidcFailure('refused', 'no_code');
}
