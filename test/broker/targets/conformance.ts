import { expect, test } from 'vitest';
import { eq } from '../../../src/db/drizzle.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { targetGrant } from '../../../src/broker/grant-row.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import type { Target } from '../../../src/broker/targets/target.ts';
import type { Entitlement } from '../../../src/catalog/types.ts';
import { grants } from '../../../src/db/schema.ts';
import type { House } from '../house.ts';

export interface Subject {
  readonly house: () => House;
  readonly target: () => Target;
  readonly entitlement: () => Entitlement;
  /** Uses the grant, as its owner would; afterwards something may be left to take away. */
  readonly use: (grantId: string, person: string) => Promise<void>;
  /** Whether the person can do something by this grant now. */
  readonly hasAccess: (grantId: string, person: string) => Promise<boolean>;
}

/** What every way of giving access keeps to. */
export function keepsToTheContract(subject: Subject): void {
  const { house } = subject;
  const make = async () => {
    const grant = await house().grant({ entitlement: subject.entitlement(), seconds: 3600 });
    return grant;
  };
  const asTarget = async (grantId: string) => {
    const [row] = await house().pool.db.select().from(grants).where(eq(grants.id, grantId));
    if (row === undefined) throw new Error('no grant');
    return targetGrant(row);
  };
  const end = async (grantId: string, person: string) =>
    endGrant(house().deps, await house().caller(person), { grantId });

  test('activating twice, and twice at once, gives access once', async () => {
    const { id, person } = await make();
    await Promise.all([1, 2].map(() => activateGrant(house().deps, { grantId: id })));
    for (let i = 0; i < 3; i++) {
      await sweepGrants(house().deps);
      house().pass(31);
    }
    expect(await house().stateOf(id)).toBe('active');
    await subject.use(id, person);
    expect(await subject.hasAccess(id, person)).toBe(true);
  });

  test('taking away what was never given is done at once, with evidence', async () => {
    const { id, person } = await make();
    await end(id, person);
    const removal = await subject.target().takeAway(await asTarget(id));
    expect(removal).toMatchObject({ kind: 'gone', evidence: { kind: expect.any(String) } });
  });

  test('never gone while there is access; gone in the end; and gone again when asked again', async () => {
    const { id, person } = await make();
    await activateGrant(house().deps, { grantId: id });
    await subject.use(id, person);
    await end(id, person);
    for (let i = 0; i < 200; i++) {
      const removal = await subject.target().takeAway(await asTarget(id));
      if (removal.kind === 'gone') break;
      const { lookAgainAt } = removal;
      if (lookAgainAt !== null) expect(lookAgainAt.getTime()).toBeGreaterThanOrEqual(house().now().getTime());
      house().pass(31);
    }
    expect(await subject.hasAccess(id, person)).toBe(false);
    const again = await subject.target().takeAway(await asTarget(id));
    expect(again.kind).toBe('gone');
    if (again.kind === 'gone') expect(JSON.parse(JSON.stringify(again.evidence))).toEqual(again.evidence);
    await finishEnding(house().deps, { grantId: id });
    expect(await house().stateOf(id)).toBe('ended');
  });

  test('ending one grant leaves the same person the other on the same target', async () => {
    const first = await make();
    const second = await house().grant({
      person: first.person,
      entitlement: subject.entitlement(),
      seconds: 3600,
    });
    for (const { id } of [first, second]) {
      await activateGrant(house().deps, { grantId: id });
      await subject.use(id, first.person);
    }
    await end(first.id, first.person);
    await sweepGrants(house().deps);
    expect(await subject.hasAccess(second.id, first.person)).toBe(true);
  });
}
