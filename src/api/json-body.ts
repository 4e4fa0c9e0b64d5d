import type { FastifyInstance } from 'fastify';

/**
 * JSON is the only kind of body, unless a part of the edge registers its own. An empty one reads as none: clients that
 * always send the header need not send `{}`. Keys that reach for prototypes are refused.
 */
export function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body, done);
  });
}
