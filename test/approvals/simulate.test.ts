import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCases } from '../../src/approvals/cases/read-cases.ts';
import { type PreparedCase, prepareCase } from '../../src/approvals/cases/world-of-case.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { simulate } from '../../src/approvals/simulate.ts';
import { submitRequest } from '../../src/approvals/submit-request.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { newId } from '../../src/db/ids.ts';
import { useBreakGlass } from '../../src/approvals/use-break-glass.ts';
import { people, personalData } from '../../src/db/schema.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Refusal } from '../../src/refusal.ts';
import { startWorld, type World } from './world.ts';

const folder = join(import.meta.dirname, '../../examples/catalog');
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const text = (name: string) => readFile(join(folder, name), 'utf8');

test.each(['steps', 'rules', 'fleets', 'break-glass', 'eligibility'])(
  'the service decides every case of %s.cases.yaml as the simulation does: outcome, rules, answers, and whom it waits for',
  { timeout: 120_000 },
  async (name) => {
    const [source, casesSource] = [await text(`${name}.yaml`), await text(`${name}.cases.yaml`)];
    const [catalog, cases] = [parseCatalog(source), readCases(casesSource)];
    if (!catalog.ok || !cases.ok) throw new Error('an example does not load');
    await world.use(source);
    let compared = 0;
    for (const entry of cases.file.cases) {
      // Guardrails are judged when a catalog is loaded.
      if (entry.guardrails !== undefined) continue;
      const prepared = prepareCase(cases.file, entry, catalog.catalog);
      // Handing a right over, and what reviews took, are not part of what this world can do.
      const people = new Map(
        [...prepared.world.people].map(([id, person]) => [
          id,
          { ...person, answersFor: [], dropped: new Map() },
        ]),
      );
      const { ask, answers, until } = prepared;
      const expected = simulate({ ...prepared.world, people }, ask, answers, until);
      const got = await decide(prepared);
      expect(got, entry.name).toEqual({
        outcome: expected.outcome === 'expired' ? 'pending' : expected.outcome,
        code: expected.refused?.code ?? null,
        answers: expected.answers.map((answer) => (answer === 'taken' ? 'taken' : answer.code)),
        steps:
          expected.outcome === 'expired'
            ? []
            : expected.waitsFor.map(({ entitlement, step }) => `${entitlement} ${step}`),
        seconds: expected.grantSeconds,
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  },
);

/** Lets the service decide, with people of its own for each case. */
async function decide({ world: described, ask, answers, until }: PreparedCase) {
  const ids = new Map<string, string>();
  const at = (time: Date) => world.move((time.getTime() - world.now().getTime()) / 1000);
  at(ask.at);
  const deps = { ...world.deps, operatorsGroup: 'operators', announce: () => undefined };
  // A subject is unique within its issuer: each case has one of its own.
  const issuer = `https://${newId('prs', world.now())}.example`;
  for (const [name, person] of described.people) {
    const id = newId('prs', world.now());
    ids.set(name, id);
    await world.pool.db.insert(people).values({
      id,
      issuer,
      subject: person.subject,
      groups: [...person.groups],
      manager: person.manager,
      createdAt: world.now(),
      lastSignedInAt: world.now(),
      deactivatedAt: person.active ? null : world.now(),
    });
    await world.pool.db.insert(personalData).values({ personId: id, name, email: `${name}@example.com` });
  }
  world.call(described.onCall);
  const caller = (name: string, over: Pick<Caller, 'assurance'> & { address?: string | null }): Caller => {
    const person = described.people.get(name);
    const id = ids.get(name);
    if (person === undefined || id === undefined) throw new Error(`nobody is named ${name}`);
    return {
      personId: id,
      name,
      groups: person.groups,
      subject: person.subject,
      isAuditor: false,
      isOperator: false,
      assurance: over.assurance,
      signInId: newId('sgn', world.now()),
      via: 'cli',
      context: { actor: { type: 'person', id }, address: over.address ?? null, requestId: 'call' },
    };
  };
  const nothing = { outcome: 'refused', answers: [], steps: [], seconds: null };
  const { for: colleague } = ask.input;
  const named = typeof colleague === 'string' ? (ids.get(colleague) ?? '') : null;
  const input = { ...ask.input, for: named };
  let request: Awaited<ReturnType<typeof submitRequest>>;
  try {
    const submit = ask.breakGlass ? useBreakGlass : submitRequest;
    request = await submit(deps, caller(ask.who, ask), input);
  } catch (error) {
    return { ...nothing, code: codeOf(error) };
  }
  const taken: string[] = [];
  let state = request.state;
  let { digest, waitingFor, durationSeconds } = request;
  for (const { by, at: time, decision, narrow, assurance } of answers) {
    at(time);
    try {
      const view = await reviewRequest(world.deps, caller(by, { assurance }), {
        id: request.id ?? '',
        decision,
        digest,
        ...(narrow === undefined ? {} : { narrow }),
      });
      ({ state, digest, waitingFor, durationSeconds } = view);
      taken.push('taken');
    } catch (error) {
      taken.push(codeOf(error));
    }
  }
  at(until);
  return {
    outcome: state,
    code: null,
    answers: taken,
    steps:
      until >= new Date(request.expiresAt)
        ? []
        : waitingFor.map(({ entitlement, step }) => `${entitlement} ${step}`),
    seconds: state === 'approved' ? durationSeconds : null,
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  throw error;
}
