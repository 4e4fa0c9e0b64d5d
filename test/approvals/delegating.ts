import { createDelegation } from '../../src/approvals/create-delegation.ts';
import type { DelegationInput } from '../../src/approvals/delegation-input.ts';
import { endDelegation } from '../../src/approvals/end-delegation.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, type TestPerson, type World } from './world.ts';

const approve = '{ groups: [approvers], delegates: { groups: [deputies] } }';
const entitlement = (id: string, name: string, rule: string) => `  ${id}:
    description: ${id}
    role: { account: prod, name: daypass-${name} }
    ask: { groups: [engineers, approvers, deputies] }
    approve: ${rule}
    maxDuration: 1h
    assurance: { ask: single-factor, approve: multi-factor }
`;

/** Approvers may hand their right to deputies, but for prod/closed. */
export const delegatingCatalog = `version: 1
groups: [engineers, approvers, deputies, security]
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
${[
  entitlement('prod/admin', 'admin', approve),
  entitlement('stage/admin', 'stage', approve),
  entitlement('prod/two', 'two', '{ groups: [approvers], count: 2, delegates: { groups: [deputies] } }'),
  entitlement('prod/closed', 'closed', '{ groups: [approvers] }'),
  entitlement('prod/led', 'led', '{ manager: true, delegates: { groups: [deputies] } }'),
  entitlement(
    'prod/secure',
    'secure',
    '{ steps: [{ name: lead, groups: [approvers], delegates: { groups: [deputies] } }, { name: security, groups: [security] }] }',
  ),
].join('')}`;

const dayMilliseconds = 86_400_000;

/** Hands the right of one person to another for a day. */
export function hand(
  world: World,
  from: TestPerson,
  to: TestPerson | string,
  input: Partial<DelegationInput> = {},
  caller: Partial<Caller> = {},
) {
  return createDelegation(world.deps, callerOf(from, world.now(), caller), {
    delegate: typeof to === 'string' ? to : to.id,
    endsAt: new Date(world.now().getTime() + dayMilliseconds).toISOString(),
    because: 'On holiday',
    ...input,
  });
}

/** Ends a delegation as somebody. */
export function end(world: World, person: TestPerson, id: string, caller: Partial<Caller> = {}) {
  return endDelegation(world.deps, callerOf(person, world.now(), caller), { id });
}
