import fc from 'fast-check';
import { expect } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import type { GrantState } from '../../src/broker/states.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { Refusal } from '../../src/refusal.ts';
import type { House } from './house.ts';

interface Model {
  state: GrantState;
  startsAt: number;
  endsAt: number;
  waitUntil: number;
}

/** Runs that many sequences of jobs, issues, ends and time against the model of one grant for a role. */
export async function keepsToTheModel(house: House, numRuns: number): Promise<void> {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constantFrom('activate', 'issue', 'end', 'finish', 'sweep') }),
      fc.record({ do: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 1500 }) }),
    ),
    { maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const { id, person } = await house.grant({ startsIn: 300, seconds: 2400 });
      const caller = await house.caller(person);
      const born = house.now().getTime();
      const model: Model = {
        state: 'scheduled',
        startsAt: born + 300_000,
        endsAt: born + 2_700_000,
        waitUntil: 0,
      };
      for (const step of sequence) {
        if ('seconds' in step) house.pass(step.seconds);
        const t = house.now().getTime();
        const activate = () => {
          if (model.state === 'scheduled' && t >= model.endsAt) model.state = 'ending';
          else if (model.state === 'scheduled' && t >= model.startsAt) model.state = 'active';
        };
        const finish = () => {
          if (model.state !== 'ending' && model.state !== 'ended' && t >= model.endsAt)
            model.state = 'ending';
          if (model.state === 'ending' && t >= model.waitUntil) model.state = 'ended';
        };
        switch (step.do) {
          case 'activate':
            await activateGrant(house.deps, { grantId: id });
            activate();
            break;
          case 'finish':
            await finishEnding(house.deps, { grantId: id });
            finish();
            break;
          case 'sweep':
            await sweepGrants(house.deps);
            finish();
            activate();
            break;
          case 'end':
            await endGrant(house.deps, caller, { grantId: id });
            if (model.state !== 'ended') model.state = 'ending';
            break;
          case 'issue': {
            const open =
              ['scheduled', 'active'].includes(model.state) && t >= model.startsAt && t < model.endsAt;
            const fresh = {
              ...caller,
              assurance: { level: 'multi-factor' as const, authenticatedAt: house.now() },
            };
            const outcome = await issueSession(house.deps, fresh, { grantId: id }).catch((e: unknown) => e);
            expect(outcome instanceof Refusal ? outcome.code : 'issued').toBe(open ? 'issued' : 'not_active');
            if (open) {
              model.state = 'active';
              const length = Math.max(900, Math.min(1800, Math.floor((model.endsAt - t) / 1000)));
              model.waitUntil = Math.max(model.waitUntil, Math.min(model.endsAt, t + (length + 60) * 1000));
            }
            break;
          }
          case 'pass':
            break;
        }
        expect(await house.stateOf(id)).toBe(model.state);
      }
    }),
    { numRuns },
  );
}
