import type { FastifyInstance } from 'fastify';
import { Refusal } from '../refusal.ts';

/**
 * Refuses input with the character NUL anywhere in it: Postgres cannot store it in text (PostgreSQL manual, 8.3), and no
 * field has a use for it. Throws Refusal `invalid_input`.
 */
export function refuseNul(value: unknown): void {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new Refusal('invalid_input', 'The input has a NUL character in it: leave it out.');
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    refuseNul(key);
    refuseNul(inner);
  }
}

/** Applies it to every call: body, parameters in the address and in its path. */
export function refuseNulEverywhere(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ body, query, params }) => {
    for (const part of [body, query, params]) refuseNul(part);
  });
}
