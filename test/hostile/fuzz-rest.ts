import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAnswer, checkGraphqlAnswer } from './answers.ts';
import { type Actor, anAddress, type Cast, credentials, gather } from './cast.ts';
import { contractOperations, type Operation } from './contract.ts';
import { type Call, callsOf } from './inputs.ts';
import { type Known, settle } from './known.ts';
import { mayHave, maySeeGrant, maySeeRequest, type Thing } from './rights.ts';
import { nextTransaction, stateOf } from './state.ts';
import { startWorld, type World } from './world.ts';

const callers = [
  'nobody',
  'stranger',
  'requester',
  'approver',
  'auditor',
  'operator',
  'deactivated',
] as const;
// A wrong code is counted, an attempt at AWS is recorded, a signed callback is remembered: they leave a trace though refused.
const leavesTrace = new Set(['confirmTotp', 'verifyTotp', 'slackCallback']);
const oauth = new Set(['exchangeCode', 'revokeToken']);

/** Declares a test for each operation of openapi.yaml, with this many calls each. */
const limited = 'limited';

export function fuzzRest(callsEach: number): void {
  let world: World;
  let cast: Cast;
  let known: Known;
  let before: Record<string, string>;
  let next: string;
  const counts = new Map<string, Map<string, number>>();

  beforeAll(async () => {
    world = await startWorld();
    cast = await gather(world);
    known = await settle(world, cast);
    before = await stateOf(world);
    next = await nextTransaction(world);
  });
  afterAll(async () => {
    print(counts);
    await world.stop();
  });

  test.each(contractOperations.map((operation) => [operation.id, operation] as const))(
    '%s holds against calls by the contract and against it',
    async (id, operation) => {
      const statuses = new Map<string, number>();
      counts.set(id, statuses);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...callers), callsOf(operation), async (name, call) => {
          const status = await attempt(operation, cast[name], call);
          const kind = status === limited ? limited : status < 400 ? 'done' : String(status);
          statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
        }),
        { numRuns: callsEach, endOnFailure: true },
      );
      // Enough of them were judged by more than how many there were.
      expect(statuses.get(limited) ?? 0).toBeLessThan(callsEach / 2);
    },
  );

  async function attempt(operation: Operation, actor: Actor, call: Call): Promise<number | typeof limited> {
    const url =
      known.fill(call.path, encodeURIComponent) +
      (call.query === '' ? '' : `?${known.fill(call.query, encodeURIComponent)}`);
    const body = typeof call.body === 'string' ? known.fill(call.body) : call.body;
    const answer = await world.app.inject({
      method: operation.method,
      url,
      remoteAddress: anAddress(),
      headers: {
        ...call.headers,
        ...credentials(actor),
        ...(operation.id === 'slackCallback' ? signed(body) : {}),
      },
      ...(body === null ? {} : { payload: body }),
    });
    const answered = { status: answer.statusCode, headers: answer.headers, body: answer.body };
    const moved = (await nextTransaction(world)) !== next;
    const after = moved ? await stateOf(world) : before;

    const errors = operation.id === 'graphql' ? checkGraphqlAnswer(answered, world.secrets) : null;
    if (operation.id !== 'graphql') checkAnswer(answered, world.secrets, oauth.has(operation.id));
    if (answer.statusCode >= 400 && !leavesTrace.has(operation.id)) expect(after).toEqual(before);
    // A path with something behind it can be another operation's.
    if (answer.statusCode < 300 && errors === null && isAt(operation, url))
      await judge(operation, actor, url, answer.body);
    before = after;
    if (moved) next = await nextTransaction(world);
    // A locked factor says 429, too.
    return answer.body.includes('"code":"rate_limited"') ? limited : answer.statusCode;
  }

  async function judge(operation: Operation, actor: Actor, url: string, body: string): Promise<void> {
    const thing = await thingOf(operation, url, body);
    expect(
      mayHave(operation.id, actor.who, thing),
      `${actor.name} had ${operation.id} ${url}: ${body.slice(0, 300)}`,
    ).toBe(true);
    if (operation.id !== 'listRequests' && operation.id !== 'listGrants') return;
    const maySee = operation.id === 'listRequests' ? maySeeRequest : maySeeGrant;
    for (const { id } of (JSON.parse(body) as { items: { id: string }[] }).items) {
      const each = await known.find(id);
      expect(
        each !== null && actor.who !== null && maySee(actor.who, each),
        `${actor.name} was shown ${id}`,
      ).toBe(true);
    }
  }

  async function thingOf(operation: Operation, url: string, body: string): Promise<Thing | null> {
    const id = decodeURIComponent(/^\/v1\/[\w-]+\/([^/?]+)/.exec(url)?.[1] ?? '');
    if (operation.id === 'getEntitlement' || operation.id === 'explainEntitlement')
      return { owner: '', entitlements: [id] };
    if (operation.id !== 'submitRequest') return known.find(id);
    const made = JSON.parse(body) as { requester: { id: string }; entitlements: { id: string }[] };
    return { owner: made.requester.id, entitlements: made.entitlements.map((each) => each.id) };
  }

  function signed(body: string | Buffer | null): Record<string, string> {
    const timestamp = String(Math.floor(world.deps.clock().getTime() / 1000));
    const mac = createHmac('sha256', world.slackSecret)
      .update(`v0:${timestamp}:`)
      .update(body ?? '')
      .digest('hex');
    return {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    };
  }
}

function isAt(operation: Operation, url: string): boolean {
  const pattern = operation.path.replaceAll('.', '\\.').replace('{id}', '[^/?]+');
  return new RegExp(`^${pattern}(\\?|$)`).test(url);
}

/** Prints how many calls there were of each operation, and how they were answered. */
export function print(counts: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
  let total = 0;
  const lines = [...counts].map(([operation, statuses]) => {
    const all = [...statuses.values()].reduce((sum, each) => sum + each, 0);
    total += all;
    const detail = [...statuses]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([kind, count]) => `${kind} ${count}`);
    return `${operation.padEnd(18)} ${String(all).padStart(6)}  ${detail.join(', ')}`;
  });
  console.log(`${lines.join('\n')}\n${'total'.padEnd(18)} ${String(total).padStart(6)}`);
}
