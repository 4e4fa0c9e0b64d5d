import type { FastifyRequest } from 'fastify';
import { Type as T } from 'typebox';

/** For operations that take no input: an unknown field is still an error. */
export const noInput = T.Object({}, { additionalProperties: false });

/** Reads a body that was left out as `{}`, for operations that need none. */
export async function optionalBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
