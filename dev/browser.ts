import { type FormButton, type PageForm, parseForms } from './browser-forms.ts';
import { CookieJar } from './browser-cookies.ts';

/** Where a navigation ended. */
export type Page = {
  /** The address of the page; with `stopped`, the address that was about to be opened. */
  url: string;
  status: number;
  headers: Headers;
  body: string;
  /** True if a redirect led to `stopAt`: that address was not requested. */
  stopped: boolean;
};

export type Navigation = {
  /** Stop before opening an address that starts with this. */
  stopAt?: string;
  /** Redirects to follow before it counts as a loop; 20 if absent, as in browsers. */
  maxRedirects?: number;
  /** The address of the page that leads here; absent: typed in (`get`), or a page of the same origin (`post`). */
  from?: string;
};

/** Which form to send, and with which button. All that is given must match; the first form that does is sent. */
export type Submission = {
  /** The button's text, or its name and (if given) value. Without it the form's first button is pressed, if there is one. */
  button?: string | { name: string; value?: string };
  /** What the form's action, resolved against the page, has to end with, query left aside. */
  action?: string;
  /** Values typed in; they replace those the page came with. */
  fields?: Record<string, string>;
};

type Site = 'none' | 'same-origin' | 'same-site' | 'cross-site';
type Send = { method: 'GET' | 'POST'; url: URL; form?: URLSearchParams; from?: URL | undefined };

const RANK: readonly Site[] = ['none', 'same-origin', 'same-site', 'cross-site'];

/** Fetch Metadata's relation of two addresses, for the hosts used here: those without a registrable domain. */
function relation(from: URL, to: URL): Site {
  if (from.origin === to.origin) return 'same-origin';
  return from.protocol === to.protocol && from.hostname === to.hostname ? 'same-site' : 'cross-site';
}

function pickButton(form: PageForm, wanted: Submission['button']): FormButton | undefined {
  if (wanted === undefined) return form.buttons[0];
  if (typeof wanted === 'string') return form.buttons.find((button) => button.text === wanted);
  return form.buttons.find(
    (button) => button.name === wanted.name && (wanted.value === undefined || button.value === wanted.value),
  );
}

/**
 * A browser without a screen or scripts: cookies, redirects and forms, with the Origin and Sec-Fetch headers that
 * servers judge cross-site requests by. Enough to walk through sign-in and approval pages as a person would.
 */
export class Browser {
  readonly cookies: CookieJar;

  /** @param now milliseconds since the epoch, for the expiry of cookies */
  constructor(now?: () => number) {
    this.cookies = new CookieJar(now);
  }

  /** Opens an address and follows redirects. Rejects when the connection fails. */
  get(url: string | URL, navigation: Navigation = {}): Promise<Page> {
    const from = navigation.from === undefined ? undefined : new URL(navigation.from);
    return this.#navigate({ method: 'GET', url: new URL(url), from }, navigation);
  }

  /** Posts a form and follows redirects. Rejects when the connection fails. */
  post(
    url: string | URL,
    form: Record<string, string> | URLSearchParams,
    navigation: Navigation = {},
  ): Promise<Page> {
    const target = new URL(url);
    const from = new URL(navigation.from ?? target.origin);
    return this.#navigate({ method: 'POST', url: target, form: new URLSearchParams(form), from }, navigation);
  }

  /** Fills in and sends a form of `page`. Throws, naming what the page has, if no form matches. */
  async submit(page: Page, submission: Submission = {}, navigation: Navigation = {}): Promise<Page> {
    const from = new URL(page.url);
    const forms = parseForms(page.body);
    for (const form of forms) {
      const button = pickButton(form, submission.button);
      if (submission.button !== undefined && !button) continue;
      // Like a browser, an empty action means the page's own address.
      const url = new URL((button?.action ?? form.action) || page.url, page.url);
      if (submission.action !== undefined && !(url.origin + url.pathname).endsWith(submission.action))
        continue;

      const fields = new URLSearchParams(form.fields);
      for (const [name, value] of Object.entries(submission.fields ?? {})) fields.set(name, value);
      if (button && button.name !== '') fields.append(button.name, button.value);
      if (form.method === 'post') {
        return this.#navigate({ method: 'POST', url, form: fields, from }, navigation);
      }
      url.search = fields.toString();
      return this.#navigate({ method: 'GET', url, from }, navigation);
    }
    const present = forms.map(
      (form) => `${form.method} ${form.action} [${form.buttons.map((button) => button.text).join(' | ')}]`,
    );
    throw new Error(
      `No form on ${from.origin}${from.pathname} (status ${page.status}) matches; it has: ${present.join('; ') || 'none'}.`,
    );
  }

  async #navigate(first: Send, { stopAt, maxRedirects = 20 }: Navigation): Promise<Page> {
    let send = first;
    let site: Site = 'none';
    let origin = first.from?.origin;
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      // The farthest hop of the chain counts, seen from the page that started it (Fetch Metadata, 2.2.1).
      const next = first.from ? relation(first.from, send.url) : 'none';
      if (RANK.indexOf(next) > RANK.indexOf(site)) site = next;
      const response = await this.#request(send, site, origin);
      const location = response.headers.get('location');
      if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) {
        const { status, headers } = response;
        return { url: send.url.href, status, headers, body: await response.text(), stopped: false };
      }
      await response.body?.cancel();
      const url = new URL(location, send.url);
      if (stopAt !== undefined && url.href.startsWith(stopAt)) {
        return { url: url.href, status: response.status, headers: response.headers, body: '', stopped: true };
      }
      // A form that another origin passes on to a third loses its Origin (Fetch, HTTP-redirect fetch).
      if (send.url.origin !== url.origin && send.url.origin !== origin) origin = 'null';
      send = response.status >= 307 ? { ...send, url } : { method: 'GET', url };
    }
    throw new Error(
      `More than ${maxRedirects} redirects; the last one led to ${send.url.origin}${send.url.pathname}.`,
    );
  }

  async #request({ method, url, form }: Send, site: Site, origin: string | undefined): Promise<Response> {
    const headers = new Headers({
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'sec-fetch-site': site,
      'sec-fetch-dest': 'document',
    });
    const cookie = this.cookies.header(url);
    if (cookie !== undefined) headers.set('cookie', cookie);
    if (method === 'POST' && origin !== undefined) headers.set('origin', origin);
    const response = await fetch(url, { method, headers, body: form ?? null, redirect: 'manual' });
    this.cookies.store(url, response.headers.getSetCookie());
    return response;
  }
}
