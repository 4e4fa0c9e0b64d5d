import { eq } from '../../src/db/drizzle.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { sessions } from '../../src/db/schema.ts';
import { type House, openHouse, prod, withAssumeRole } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test.each([
  ['another role of the same account', (arn: string) => arn.replace('/daypass-admin/', '/daypass-readonly/')],
  [
    'another session of the same role',
    (arn: string) => `${arn.slice(0, arn.lastIndexOf('/'))}/daypass-other`,
  ],
  ['the same role of another account', (arn: string) => arn.replace(prod, '999988887777')],
  ['the same role of another partition', (arn: string) => arn.replace('arn:aws:', 'arn:aws-cn:')],
  ['a user', () => `arn:aws:iam::${prod}:user/daypass-admin`],
  ['nothing', () => ''],
])(
  'when STS says that it lent %s, the credentials are thrown away and that is on record',
  async (_, change) => {
    const { id, person } = await house.grant();
    await activateGrant(house.deps, { grantId: id });
    let lent = '';
    const deps = withAssumeRole(house, (real) => async (input) => {
      const reply = await real(input);
      if (reply.kind !== 'issued') return reply;
      lent = change(reply.assumedArn);
      expect(lent).not.toBe(reply.assumedArn);
      return { ...reply, assumedArn: lent };
    });
    const caller = await house.caller(person);
    await expect(issueSession(deps, caller, { grantId: id })).rejects.toMatchObject({
      code: 'aws_wrong_identity',
    });
    const [session] = await house.pool.db.select().from(sessions).where(eq(sessions.grantId, id));
    expect(session).toMatchObject({ state: 'failed', failure: expect.stringContaining(`STS lent ${lent}`) });
    // They exist, whoever has them: the end of the grant waits for them.
    expect(session?.lastPossibleUse.getTime()).toBeGreaterThan(house.now().getTime());
    expect((await house.kinds(id)).at(-1)).toBe('session.failed');
  },
);
