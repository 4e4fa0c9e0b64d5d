import type { World } from '../../aws/world.ts';
import type { Fate, Plan } from './lifecycle.ts';

const shares: readonly (readonly [Fate, number])[] = [
  ['end', 0.55],
  ['lapse', 0.35],
  ['stay', 0.1],
];

/**
 * What a client does next.
 * @param turn counts the lifecycles of this client
 */
export function planOf(
  turn: number,
  email: string,
  world: World,
  random: () => number,
): Omit<Plan, 'person' | 'approver'> {
  const accounts = world.accounts.slice(1);
  const chance = random();
  let below = 0;
  const fate = shares.find(([, share]) => chance < (below += share))?.[0] ?? 'end';
  const seconds = fate === 'lapse' ? 60 + Math.floor(random() * 30) : 3_600;
  const sessions = random() < 0.4 ? 2 : 1;
  // A permission set once for each client and account: what a person opens again at once after an end is denied, too, and what
  // another live grant of theirs needs is not.
  const account = turn % 4 === 3 ? accounts[Math.floor(turn / 4)] : undefined;
  const user = world.identityCenter.users.find(({ userName }) => userName === email);
  if (account !== undefined && user !== undefined) {
    const portal = { userId: user.userId, accountId: account.id };
    return { entitlement: `${account.name}/console`, portal, fate, seconds, sessions };
  }
  const name = accounts[Math.floor(random() * accounts.length)]?.name ?? '';
  const role = random() < 0.5 ? 'admin' : 'readonly';
  return { entitlement: `${name}/${role}`, portal: null, fate, seconds, sessions };
}
