import { Gauge } from 'prom-client';
import { Type as T } from 'typebox';
import { countFindings } from '../../broker/preflight/count-findings.ts';
import { listPreflight } from '../../broker/preflight/list-preflight.ts';
import { runPreflight } from '../../broker/preflight/run-preflight.ts';
import type { ApiDeps } from '../deps.ts';
import { inTurn } from '../in-turn.ts';
import type { TypedApp } from '../typed.ts';
import { optionalBody } from './optional-body.ts';
import { EntitlementId } from './schemas/entitlement.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { PreflightPage, PreflightRun, PreflightRunInput } from './schemas/preflight.ts';
import { ref } from './schemas/ref.ts';

const countEveryMs = 5_000;

/** What was seen in AWS of what the catalog offers, before anybody needs it. */
export function preflightRoutes(app: TypedApp, deps: ApiDeps): void {
  const { preflight } = deps;
  app.get(
    '/v1/preflight',
    {
      config: { operation: 'listPreflight' },
      schema: {
        tags: ['service'],
        summary: 'What was last seen in AWS of each entitlement, and what to do about it',
        description: 'For operators. AWS is not asked for it.',
        querystring: query({ entitlement: T.Optional(EntitlementId), ...pageParameters }),
        response: { 200: ref(PreflightPage) },
        problems: { 404: 'The catalog has no such entitlement.' },
      },
    },
    (request) => inTurn(request, () => listPreflight(preflight, request.query)),
  );
  app.post(
    '/v1/preflight/run',
    {
      config: { operation: 'runPreflight' },
      preValidation: optionalBody,
      schema: {
        tags: ['service'],
        summary: 'Look at AWS now',
        description:
          'For operators. With an entitlement only its account is looked at. Waits a few seconds; what takes longer goes on in the background.',
        body: ref(PreflightRunInput),
        response: { 200: ref(PreflightRun) },
        problems: { 404: 'The catalog has no such entitlement.' },
      },
    },
    (request) => runPreflight(preflight, request.body),
  );
  let countedAt = -Infinity;
  const findings = new Gauge({
    name: 'daypass_preflight_findings',
    help: 'What was last seen in AWS of what the catalog offers, by how bad it is.',
    labelNames: ['level'],
    registers: [],
    async collect() {
      // Anybody may ask for metrics: the database is not asked each time. Where it cannot be asked, the last answer stands.
      const now = deps.clock().getTime();
      if (Math.abs(now - countedAt) < countEveryMs) return;
      countedAt = now;
      const counts = await countFindings(preflight.db, preflight.catalog()).catch(() => null);
      for (const [level, count] of counts ?? []) this.set({ level }, count);
    },
  });
  app.metrics.registerMetric(findings);
}
