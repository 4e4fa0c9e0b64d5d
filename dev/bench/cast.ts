import { Person } from '../demo/person.ts';
import type { DevUser } from '../idp/users.ts';
import type { Token } from './plan.ts';

// Many people, because Daypass counts calls by sign-in; few enough that signing them all in takes no longer than a run.
const requesters = 16;
const approvers = 6;

const user = (key: string, name: string, groups: string[]): DevUser => ({
  key,
  sub: `u-bench-${key}`,
  name,
  email: `${key}@example.com`,
  groups,
});

export const benchUsers: readonly DevUser[] = [
  ...Array.from({ length: requesters }, (_, i) => user(`requester${i}`, `Requester ${i}`, ['engineers'])),
  ...Array.from({ length: approvers }, (_, i) => user(`approver${i}`, `Approver ${i}`, ['prod-approvers'])),
];

/** Signs everybody in with a second factor, so that no step is refused for too weak a proof. */
export async function signInAll(
  url: string,
): Promise<{ readonly requesters: Token[]; readonly approvers: Token[] }> {
  const tokens = new Map<string, Token>();
  for (const { key, name } of benchUsers) {
    tokens.set(key, { token: await new Person(url, key, name).signIn('otp') });
  }
  const of = (kind: string) => [...tokens].filter(([key]) => key.startsWith(kind)).map(([, token]) => token);
  return { requesters: of('requester'), approvers: of('approver') };
}
