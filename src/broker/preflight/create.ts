import type { AwsClients } from '../../aws/clients.ts';
import { OwnCredentialsError } from '../../aws/fault.ts';
import { createPermissionSetInspector } from '../../aws/inspect-permission-set.ts';
import type { PreflightDeps } from './deps.ts';
import { brokerOf } from './trust-broker.ts';

export interface PreflightOptions
  extends Omit<PreflightDeps, 'broker' | 'inspectorOf' | 'permissionSet' | 'pause'> {
  readonly aws: AwsClients;
  readonly identityCenter: { readonly instanceArn: string } | null;
  /** Waits, in milliseconds; by the machine's clock when left out. */
  readonly pause?: PreflightDeps['pause'];
}

/** Looking at AWS beforehand over real clients: each account under its inspector role, IAM Identity Center under Daypass's own. */
export function createPreflightDeps(options: PreflightOptions): PreflightDeps {
  const { aws, identityCenter, pause, ...rest } = options;
  return {
    ...rest,
    pause: pause ?? ((milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds))),
    async broker() {
      const broker = brokerOf((await aws.identity()).arn);
      if (broker === null) throw new OwnCredentialsError('AWS did not say which role Daypass is');
      return broker;
    },
    async inspectorOf(accountId) {
      // Loaded when first needed.
      const { createAccountInspector } = await import('../../aws/inspect-account.ts');
      return createAccountInspector(await aws.inspector.iam(accountId));
    },
    permissionSet:
      identityCenter === null ? null : createPermissionSetInspector(aws.ssoAdmin, identityCenter.instanceArn),
  };
}
