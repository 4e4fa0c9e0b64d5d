import type { Aws } from '../../aws/aws.ts';
import type { Fault, FaultKind } from '../../aws/faults.ts';

const anywhere: readonly FaultKind[] = [
  'refuse',
  'throttle',
  'server-error',
  'cut',
  'cut-after',
  'rubbish',
  'twice',
];
// A call that hangs costs ten seconds: seldom.
const hangShare = 0.15;

/**
 * Makes AWS play every kind of fault at random, at each call with this probability in all, and some accounts much more
 * often. Who Daypass is, and what starts it, is left in peace: otherwise it would rightly refuse to start.
 */
export function playFaults(aws: Aws, probability: number, seed: number): void {
  let next = seed;
  const add = (fault: Omit<Fault, 'seed'>): void => aws.fault({ ...fault, seed: next++ });
  const spread = (service: Fault['service'], action: string, kinds: readonly FaultKind[]): void => {
    for (const kind of kinds) add({ service, action, kind, probability: probability / kinds.length });
    add({ service, action, kind: 'hang', probability: (probability * hangShare) / kinds.length });
  };
  const [worst, refused] = aws.world.accounts.slice(1).map(({ id }) => id);
  if (worst !== undefined)
    add({ service: 'iam', action: '*', kind: 'throttle', account: worst, probability: 0.3 });
  // Poisoned for a while: nothing of it can be denied until that is over.
  if (refused !== undefined)
    add({ service: 'iam', action: 'CreatePolicyVersion', kind: 'refuse', account: refused, times: 20 });
  spread('sts', 'AssumeRole', [...anywhere, 'wrong-account']);
  spread('iam', '*', [...anywhere, 'stale']);
  spread('sso-admin', '*', anywhere);
  add({ service: 'sso-admin', action: 'CreateAccountAssignment', kind: 'fail-late', probability });
  add({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind: 'fail-late', probability });
  spread('identitystore', '*', anywhere);
}
