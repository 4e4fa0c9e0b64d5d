import { OwnCredentialsError } from './fault.ts';

/** Credentials as the AWS SDK passes them around. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type CredentialProvider = () => Promise<AwsCredentials>;

/** What GetCallerIdentity says about a set of credentials. */
export interface AwsIdentity {
  readonly account: string;
  readonly arn: string;
}

/** Daypass's own credentials are of a sort that it must not run on. */
export class KeylessError extends OwnCredentialsError {
  override readonly name = 'KeylessError';
}

export interface IdentityCheck {
  /** Gives the base provider's credentials, each set only after it was checked. Rejects with KeylessError otherwise. */
  readonly credentials: CredentialProvider;
  /** Who Daypass is at AWS, checked now. For the start of the service. */
  identity(): Promise<AwsIdentity>;
}

/**
 * Lets only the temporary credentials of a role through. A long-term key (AKIA) is refused before any call is made with
 * it; an ASIA key can still be an IAM user's (GetSessionToken), so GetCallerIdentity has the last word. Each new set that
 * a refresh brings is checked again; one that was checked is not.
 * @param callerIdentity asks STS who holds these credentials; when it fails, nothing is let through
 */
export function checkIdentity(
  base: CredentialProvider,
  callerIdentity: (
    credentials: AwsCredentials,
  ) => Promise<{ Account?: string | undefined; Arn?: string | undefined }>,
): IdentityCheck {
  let checked: { readonly accessKeyId: string; readonly identity: Promise<AwsIdentity> } | null = null;

  const check = async (credentials: AwsCredentials): Promise<AwsIdentity> => {
    const { Account: account, Arn: arn } = await callerIdentity(credentials).catch((cause: unknown) => {
      // Told apart from a failure of the call that these credentials are wanted for: that one was not sent.
      throw new OwnCredentialsError('AWS cannot be asked who Daypass is', { cause });
    });
    if (account === undefined || arn === undefined)
      throw new OwnCredentialsError('AWS did not say who Daypass is');
    if (!/^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\/[^/]+$/.test(arn)) {
      throw new KeylessError(
        'Daypass runs as a role only: its AWS credentials belong to an IAM user, root or something else; give it a task role, an instance profile or web identity',
      );
    }
    return { account, arn };
  };

  const checkedCredentials = async (): Promise<{ credentials: AwsCredentials; identity: AwsIdentity }> => {
    const credentials = await base();
    if (!credentials.accessKeyId.startsWith('ASIA') || credentials.sessionToken === undefined) {
      throw new KeylessError(
        'Daypass runs on temporary credentials of a role only: take the long-term access key away',
      );
    }
    if (checked?.accessKeyId !== credentials.accessKeyId) {
      checked = { accessKeyId: credentials.accessKeyId, identity: check(credentials) };
    }
    const mine = checked;
    try {
      return { credentials, identity: await mine.identity };
    } catch (error) {
      // Not remembered: an STS that was out of reach is asked again next time.
      if (checked === mine) checked = null;
      throw error;
    }
  };

  return {
    credentials: async () => (await checkedCredentials()).credentials,
    identity: async () => (await checkedCredentials()).identity,
  };
}
