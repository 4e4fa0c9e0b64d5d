import { Type as T } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import { openapiYaml } from '../openapi.ts';
import type { TypedApp } from '../typed.ts';

const Health = T.Object({ status: T.Literal('ok') });
const Readiness = T.Object({
  ready: T.Boolean(),
  missing: T.Array(T.String()),
  closed: T.Optional(
    T.Literal(true, {
      description:
        'Only while nothing is issued until two operators confirm. It is ready all the same: they have to reach it.',
    }),
  ),
});

const plainText = (type: string) => ({ description: 'Text.', content: { [type]: { schema: T.String() } } });

/** What machines ask about the service itself. */
export function serviceRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/healthz',
    {
      config: { operation: 'getHealth' },
      schema: { tags: ['service'], summary: 'Whether the process answers', response: { 200: Health } },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      config: { operation: 'getReadiness' },
      schema: {
        tags: ['service'],
        summary: 'Whether all that Daypass needs is there',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const { ready, missing, closed } = await deps.readiness();
      return reply
        .code(ready ? 200 : 503)
        .send({ ready, missing: [...missing], ...(closed === true ? { closed } : {}) });
    },
  );
  app.get(
    '/metrics',
    {
      config: { operation: 'getMetrics' },
      schema: {
        tags: ['service'],
        summary: 'Totals in the text format of Prometheus',
        response: { 200: plainText('text/plain') },
      },
    },
    async (_request, reply) => reply.type(app.metrics.contentType).send(await app.metrics.metrics()),
  );
  let contract: string | null = null;
  app.get(
    '/openapi.yaml',
    {
      config: { operation: 'getOpenapi' },
      schema: {
        tags: ['service'],
        summary: 'This contract',
        response: { 200: plainText('application/yaml') },
      },
    },
    async (_request, reply) => reply.type('application/yaml').send((contract ??= openapiYaml(app))),
  );
}
