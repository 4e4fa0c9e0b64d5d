import type { FastifyReply, FastifyRequest } from 'fastify';
import { attemptSeconds } from '../../identity/attempt.ts';
import { sessionCookieName } from '../session-cookie.ts';

/** Ties a sign-in on its way to the browser that started it. */
const attemptCookieName = '__Host-daypass-sign-in';

// Lax and not Strict: the identity provider sends the browser back from another site.
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** Keeps the browser's sign-in token for as long as an attempt lives. */
export function setAttemptCookie(reply: FastifyReply, token: string): void {
  reply.setCookie(attemptCookieName, token, { ...attributes, maxAge: attemptSeconds });
}

/** The browser's sign-in token, or null. */
export function attemptCookie(request: FastifyRequest): string | null {
  return request.cookies[attemptCookieName] ?? null;
}

/** Gives the browser its session, for `seconds`. */
export function setSessionCookie(reply: FastifyReply, token: string, seconds: number): void {
  reply.setCookie(sessionCookieName, token, { ...attributes, maxAge: seconds });
}

/** Takes the browser's session away. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(sessionCookieName, attributes);
}
