import type { AwsIdentity } from '../../src/aws/identity-check.ts';
import { type Broker, brokerOf, isBrokerRole } from '../../src/broker/preflight/trust-broker.ts';
import type { VerifyOptions } from './options.ts';

/** It is not the account or the role that was named: nothing was done. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/**
 * The account must be named twice: on the command line, or once more by whoever sits there.
 * @param ask puts a question to a person; null: nobody is there
 * @throws RefusedError
 */
export async function confirmAccount(
  { account, confirmed }: Pick<VerifyOptions, 'account' | 'confirmed'>,
  ask: ((question: string) => Promise<string>) | null,
): Promise<void> {
  if (confirmed === null && ask === null) {
    throw new RefusedError(
      `say --yes-this-account ${account} to have the boundary policy of this account written`,
    );
  }
  const again =
    confirmed ??
    (await ask?.(
      `The boundary policy of account ${account} is written and put back, and its roles are lent.\nThe account id once more: `,
    ));
  if (again?.trim() !== account)
    throw new RefusedError('the account was not named twice alike: nothing was done');
}

/**
 * The credentials at hand must be of the role that was named.
 * @throws RefusedError
 */
export function checkCaller(identity: AwsIdentity, brokerRoleArn: string): Broker {
  const broker = brokerOf(identity.arn);
  if (broker === null || broker.accountId !== identity.account || !isBrokerRole(brokerRoleArn, broker)) {
    throw new RefusedError(
      `the credentials in the environment are of ${identity.arn}, not of ${brokerRoleArn}: nothing was done`,
    );
  }
  return broker;
}
