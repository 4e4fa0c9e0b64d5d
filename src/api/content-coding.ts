import type { FastifyInstance } from 'fastify';

/** Why a body is not read: it came compressed, or in another content coding. */
export const contentCodingCode = 'DAYPASS_CONTENT_CODING';

/**
 * Refuses bodies in a content coding (gzip and the like): a few bytes could be made to fill the memory, and none of our bodies
 * is large. 415, with `Accept-Encoding: identity` (RFC 9110, 8.4 and 15.5.16). Runs before the body is read.
 */
export function refuseContentCodings(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply) => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (coding === '' || coding === 'identity') return;
    reply.header('accept-encoding', 'identity');
    throw Object.assign(new Error('the body is in a content coding'), {
      statusCode: 415,
      code: contentCodingCode,
    });
  });
}
