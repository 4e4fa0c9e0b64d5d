import type { FastifyInstance } from 'fastify';
import { Refusal } from '../refusal.ts';

// The deepest input that any operation takes has four levels.
const deepest = 32;

/**
 * Refuses input that could not be stored as it came: the character NUL, which Postgres has no place for in text (PostgreSQL
 * manual, 8.3), and halves of surrogate pairs, which UTF-8 cannot carry (RFC 3629, 3) and would turn into another character.
 * Also what is nested deeper than anything that is taken, before something walks down it. Throws Refusal `invalid_input`.
 */
export function refuseUnstorable(value: unknown, level = 0): void {
  if (typeof value === 'string') return refuseText(value);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  if (level >= deepest) {
    throw new Refusal('invalid_input', `The input is nested too deeply: at most ${deepest} levels.`);
  }
  for (const [key, inner] of Object.entries(value)) {
    refuseText(key);
    refuseUnstorable(inner, level + 1);
  }
}

/** Applies it to every call: body, parameters in the address and in its path. */
export function refuseUnstorableEverywhere(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ body, query, params }) => {
    for (const part of [body, query, params]) refuseUnstorable(part);
  });
}

function refuseText(text: string): void {
  if (text.includes('\0')) {
    throw new Refusal('invalid_input', 'The input has a NUL character in it: leave it out.');
  }
  if (!text.isWellFormed()) {
    throw new Refusal(
      'invalid_input',
      'The input has half of a character in it (a lone surrogate): leave it out.',
    );
  }
}
