import { systemContext } from '../../src/audit/event.ts';
import { extendGrant } from '../../src/broker/extend-grant.ts';
import { grants } from '../../src/db/schema.ts';
import { eq } from '../../src/db/drizzle.ts';
import { newId } from '../../src/db/ids.ts';
import type { House } from './house.ts';

/** Moves the end of a grant as an approval of its request does. Returns when it ends from then on. */
export async function extendBy(house: House, grantId: string, seconds: number): Promise<Date> {
  await house.transact(systemContext, async (work) => {
    const [row] = await work.queries
      .select({ endsAt: grants.endsAt })
      .from(grants)
      .where(eq(grants.id, grantId));
    await extendGrant(work, {
      grantId,
      requestId: newId('req', work.now),
      from: row?.endsAt.toISOString() ?? '',
      durationSeconds: seconds,
      rule: 'prod/admin#approve.groups',
      catalogVersion: 'v1',
    });
  });
  return endOf(house, grantId);
}

export async function endOf(house: House, grantId: string): Promise<Date> {
  const [row] = await house.pool.db
    .select({ endsAt: grants.endsAt })
    .from(grants)
    .where(eq(grants.id, grantId));
  if (row === undefined) throw new Error('no grant');
  return row.endsAt;
}

/** What the person gets at the portal who is assigned the permission set of the house. Throws where nobody is assigned. */
export function openPortal(house: House, personId: string) {
  const user = house.aws.world.identityCenter.users.find((one) => one.userName === personId);
  const { target } = house.permissionSet;
  if (user === undefined || target.kind !== 'permission-set') throw new Error('not known at the portal');
  const { permissionSetArn, accountId } = target;
  const given = house.aws.portalCredentials({ userId: user.userId, permissionSetArn, accountId });
  return { ...given, expiration: given.expiration.toISOString() };
}
