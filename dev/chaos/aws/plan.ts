import type { World } from '../../aws/world.ts';
import type { Fate, Plan } from './lifecycle.ts';

// Of twenty, eleven end early, seven by themselves, and two live on. In turn, so that few lifecycles show every one of them.
const fates = 'eleelseleeleleelesle'
  .split('')
  .map((letter): Fate => (letter === 'e' ? 'end' : letter === 'l' ? 'lapse' : 'stay'));

/**
 * What a client does next.
 * @param i counts all lifecycles
 * @param turn counts those of this client
 */
export function planOf(
  i: number,
  turn: number,
  email: string,
  world: World,
  random: () => number,
): Omit<Plan, 'person' | 'approver'> {
  const accounts = world.accounts.slice(1);
  const fate = fates[i % fates.length] ?? 'end';
  const seconds = fate === 'lapse' ? 60 + Math.floor(random() * 30) : 3_600;
  const sessions = random() < 0.4 ? 2 : 1;
  // A permission set once for each client and account: what a person opens again at once after an end is denied, too, and what
  // another live grant of theirs needs is not.
  const account = turn % 4 === 1 ? accounts[Math.floor(turn / 4)] : undefined;
  const user = world.identityCenter.users.find(({ userName }) => userName === email);
  if (account !== undefined && user !== undefined) {
    const portal = { userId: user.userId, accountId: account.id };
    return { entitlement: `${account.name}/console`, portal, fate, seconds, sessions };
  }
  const name = accounts[Math.floor(random() * accounts.length)]?.name ?? '';
  const role = random() < 0.5 ? 'admin' : 'readonly';
  return { entitlement: `${name}/${role}`, portal: null, fate, seconds, sessions };
}
