type Cookie = { name: string; value: string; path: string; secure: boolean; expires: number | null };

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** RFC 6265, 5.1.4: the directory of the request's path. */
function defaultPath(pathname: string): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}

function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (!requestPath.startsWith(cookiePath)) return false;
  return cookiePath.endsWith('/') || [undefined, '/'].includes(requestPath[cookiePath.length]);
}

/** As in browsers, a Secure cookie may also travel over plain http to this machine. */
function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || LOOPBACK.has(url.hostname);
}

function parse(line: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  if (equals < 1) return undefined;
  const cookie: Cookie = {
    name: pair.slice(0, equals).trim(),
    value: pair.slice(equals + 1).trim(),
    path: defaultPath(url.pathname),
    secure: false,
    expires: null,
  };
  let maxAge: number | undefined;
  for (const attribute of attributes) {
    const [key = '', value = ''] = attribute.split(/=(.*)/s).map((part) => part.trim());
    switch (key.toLowerCase()) {
      case 'path':
        if (value.startsWith('/')) cookie.path = value;
        break;
      case 'secure':
        cookie.secure = true;
        break;
      case 'expires':
        if (!Number.isNaN(Date.parse(value))) cookie.expires = Date.parse(value);
        break;
      case 'max-age':
        if (/^-?\d+$/.test(value)) maxAge = Number(value);
        break;
      default:
        break;
    }
  }
  // Max-Age wins over Expires (RFC 6265, 5.3).
  if (maxAge !== undefined) cookie.expires = now + maxAge * 1000;
  return cookie;
}

/** `__Host-` and `__Secure-` names are accepted only with the attributes that they promise, as in browsers. */
function keepsItsPrefix(cookie: Cookie): boolean {
  if (cookie.name.startsWith('__Host-')) return cookie.secure && cookie.path === '/';
  return !cookie.name.startsWith('__Secure-') || cookie.secure;
}

/** The cookies of one browser. Kept per origin, port included, which is stricter than browsers (they share between ports). */
export class CookieJar {
  readonly #origins = new Map<string, Map<string, Cookie>>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch; decides what has expired */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes the Set-Cookie lines of a response from `url`. */
  store(url: URL, lines: readonly string[]): void {
    const cookies = this.#origins.get(url.origin) ?? new Map<string, Cookie>();
    this.#origins.set(url.origin, cookies);
    for (const line of lines) {
      const cookie = parse(line, url, this.#now());
      if (!cookie || (cookie.secure && !isTrustworthy(url)) || !keepsItsPrefix(cookie)) continue;
      const key = `${cookie.name};${cookie.path}`;
      if (cookie.expires !== null && cookie.expires <= this.#now()) cookies.delete(key);
      else cookies.set(key, cookie);
    }
  }

  /** The Cookie header for a request to `url`, or undefined; longer paths first. */
  header(url: URL): string | undefined {
    const live = this.#live(url).filter(
      (cookie) => pathMatches(url.pathname, cookie.path) && (!cookie.secure || isTrustworthy(url)),
    );
    if (live.length === 0) return undefined;
    live.sort((a, b) => b.path.length - a.path.length);
    return live.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
  }

  /** The value of a live cookie of this origin, whatever its path. */
  get(origin: string, name: string): string | undefined {
    return this.#live(new URL(origin)).find((cookie) => cookie.name === name)?.value;
  }

  /** Forgets one origin's cookies, or all. */
  clear(origin?: string): void {
    if (origin === undefined) this.#origins.clear();
    else this.#origins.delete(new URL(origin).origin);
  }

  #live(url: URL): Cookie[] {
    const cookies = [...(this.#origins.get(url.origin)?.values() ?? [])];
    return cookies.filter((cookie) => cookie.expires === null || cookie.expires > this.#now());
  }
}
