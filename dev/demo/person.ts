import { createHash, randomBytes } from 'node:crypto';
import { Browser } from '../browser.ts';
import { confirmClient } from '../confirm-client.ts';
import type { SignInMethod } from '../idp/methods.ts';
import { signInAtIdp } from '../idp/sign-in.ts';

/** An answer of Daypass's API. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Somebody at a keyboard: signs in as the command line does, then calls the public API. */
export class Person {
  readonly key: string;
  readonly name: string;
  readonly #url: string;
  readonly #browser = new Browser();
  token = '';

  constructor(url: string, key: string, name: string) {
    this.#url = url;
    this.key = key;
    this.name = name;
  }

  /**
   * The sign-in of a command-line client: authorization code with PKCE and a loopback redirect (RFC 8252). `demand` is what
   * a step-up challenge asked for. Keeps the token and returns it.
   */
  async signIn(
    method: SignInMethod,
    demand: { readonly acrValues?: string; readonly maxAge?: string } = {},
  ): Promise<string> {
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = 'http://127.0.0.1:1/callback';
    const state = randomBytes(16).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'daypass-cli',
      redirect_uri: redirectUri,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(demand.acrValues === undefined ? {} : { acr_values: demand.acrValues }),
      ...(demand.maxAge === undefined ? {} : { max_age: demand.maxAge }),
    });
    let page = await this.#browser.get(`${this.#url}/oauth/authorize?${query.toString()}`, {
      stopAt: redirectUri,
    });
    // Whoever is signed in at the provider already is not asked there again.
    if (page.body.includes(`${this.key}/${method}`))
      page = await signInAtIdp(this.#browser, page, this.key, method, { stopAt: redirectUri });
    page = await confirmClient(this.#browser, page, { stopAt: redirectUri });
    const landed = new URL(page.url);
    const code = landed.searchParams.get('code');
    if (code === null || landed.searchParams.get('state') !== state)
      throw new Error(`${this.name} could not sign in: ${page.url}`);
    const answer = await fetch(`${this.#url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'daypass-cli',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
    const body = (await answer.json()) as { access_token?: string };
    if (body.access_token === undefined)
      throw new Error(`${this.name} got no token: ${JSON.stringify(body)}`);
    this.token = body.access_token;
    return this.token;
  }

  /** Calls the API as this person. */
  async call<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as T,
    };
  }
}
