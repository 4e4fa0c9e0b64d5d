import { Gauge } from 'prom-client';
import { openClosure } from '../../anchor/closure-row.ts';
import { confirmClosure } from '../../anchor/confirm-closure.ts';
import { viewClosure } from '../../anchor/view-closure.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { Closure, ClosureState, ConfirmClosureInput } from './schemas/closure.ts';
import { ref } from './schemas/ref.ts';

/** Why Daypass is closed after a restore, and how two operators open it again. */
export function closureRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/closure',
    {
      config: { operation: 'getClosure' },
      schema: {
        tags: ['service'],
        summary: 'Whether Daypass is closed after a restore of its database, and why',
        description: 'For operators and auditors.',
        response: { 200: ref(ClosureState) },
      },
    },
    async (request) => {
      const closure = await viewClosure(deps.ending, callerOf(request));
      return { closed: closure !== null, closure, warnings: [...(deps.anchorWarnings?.() ?? [])] };
    },
  );
  app.post(
    '/v1/closure/confirm',
    {
      config: { operation: 'confirmClosure' },
      schema: {
        tags: ['service'],
        summary: 'Confirm that Daypass can be opened again; the second operator who does opens it',
        description:
          'For operators who have signed in with two factors since it closed, within the last 15 minutes. One person counts once.',
        body: ref(ConfirmClosureInput),
        response: { 200: ref(Closure) },
        problems: { 409: 'Daypass is open, or you have confirmed already.' },
      },
    },
    async (request) => {
      const { operatorsGroup } = deps.identity;
      const { because } = request.body;
      return confirmClosure({ ...deps.ending, operatorsGroup }, callerOf(request), { because });
    },
  );
  const gauge = new Gauge({
    name: 'daypass_closed',
    help: '1 while nothing is issued until two operators confirm, after a restore of the database.',
    registers: [],
    async collect() {
      // Where the database cannot be asked, the last answer stands.
      const closed = await openClosure(deps.ending.db).catch(() => undefined);
      if (closed !== undefined) this.set(closed === null ? 0 : 1);
    },
  });
  app.metrics.registerMetric(gauge);
}
