import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, type Metric, Registry } from 'prom-client';

declare module 'fastify' {
  interface FastifyInstance {
    /** Totals of this process, in the text format of Prometheus. */
    metrics: Registry;
  }
}

/**
 * Measures every call by operation and status: no names, ids or addresses become labels.
 * @param others what other parts measure, to be served with it
 */
export function measureCalls(app: FastifyInstance, others: readonly Metric[] = []): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'daypass_http_request_seconds',
    help: 'How long calls took, in seconds.',
    labelNames: ['operation', 'method', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
  for (const metric of others) registry.registerMetric(metric);
  app.decorate('metrics', registry);
  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        operation: request.routeOptions.config.operation ?? 'none',
        method: request.routeOptions.config.operation === undefined ? 'any' : request.method,
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    );
  });
}
