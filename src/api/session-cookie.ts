import type { FastifyRequest } from 'fastify';

/** Bound to this host, over TLS only, out of reach of scripts (RFC 6265bis, the `__Host-` prefix). */
export const sessionCookieName = '__Host-daypass';

/** The session cookie of a browser, or null. */
export function sessionCookie(request: FastifyRequest): string | null {
  const value = request.cookies[sessionCookieName];
  return value === undefined || value === '' ? null : value;
}
