import { hangUp, obtainCredentials, post } from './call.ts';
import { measure, type Measured, type Step } from './measure.ts';
import { type LiveGrant, type LoadOrder, readOrder, sessionsAGrant, type Token } from './plan.ts';

// The load generator, a process of its own: what it costs is not Daypass's event loop nor AWS's.

interface Asked {
  readonly id: string;
  readonly digest: string;
}

const order = await readOrder<LoadOrder>();
const plain: Step = (_name, run) => run();
const answer = await run();
hangUp();
process.stdout.write(JSON.stringify(answer));

async function run(): Promise<Measured | LiveGrant[]> {
  const { what } = order;
  switch (what.kind) {
    case 'lifecycles':
      return measure(order, async (step, client, turn) => {
        const { url, live } = await obtain(step, client, turn);
        await step('end', () =>
          post(`${url}/v1/grants/${live.grant}/end`, live.token, { because: 'The work is done' }),
        );
      });
    case 'credentials': {
      let next = 0;
      return measure(order, async (_step, client, turn) => {
        const live = what.grants[next++ % what.grants.length];
        if (live === undefined || next > what.grants.length * sessionsAGrant)
          throw new Error('too few grants were made for this many sessions');
        await obtainCredentials(turnOf(order.urls, client + turn), live.grant, live.token);
      });
    }
    case 'grants': {
      const made: LiveGrant[] = [];
      const one = async (_: unknown, client: number) => {
        for (let turn = 0; made.length < what.count; turn++)
          made.push((await obtain(plain, client, turn)).live);
      };
      await Promise.all(Array.from({ length: order.clients }, one));
      return made;
    }
    default:
      return what satisfies never;
  }
}

/** From the ask to the first credentials. */
async function obtain(step: Step, client: number, turn: number): Promise<{ url: string; live: LiveGrant }> {
  const url = turnOf(order.urls, client + turn);
  const { token } = turnOf<Token>(order.requesters, client + turn * 7);
  const approver = turnOf<Token>(order.approvers, client + turn * 3);
  const asked = await step('ask', () =>
    post<Asked>(`${url}/v1/requests`, token, {
      entitlements: ['prod/admin'],
      durationSeconds: 3_600,
      reason: 'Rotate the ingress certificate',
    }),
  );
  const approved = await step('approve', () =>
    post<{ grants: readonly { id: string }[] }>(`${url}/v1/requests/${asked.id}/reviews`, approver.token, {
      decision: 'approve',
      digest: asked.digest,
      comment: 'Go ahead',
    }),
  );
  const grant = approved.grants[0]?.id ?? '';
  await step('credentials', () => obtainCredentials(url, grant, token));
  return { url, live: { grant, token } };
}

function turnOf<T>(things: readonly T[], turn: number): T {
  const thing = things[turn % things.length];
  if (thing === undefined) throw new Error('the order names nobody or nothing to call');
  return thing;
}
