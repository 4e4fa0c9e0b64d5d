import type { FastifyInstance } from 'fastify';

/** One line a call: what, how it ended, how long, and who by id. No address, no parameters, no headers. */
export function logCalls(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        operation: request.routeOptions.config.operation ?? null,
        method: request.method,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
        person: request.caller?.personId ?? null,
      },
      'call answered',
    );
  });
}
