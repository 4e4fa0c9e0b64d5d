import {
  DescribePermissionSetCommand,
  GetPermissionsBoundaryForPermissionSetCommand,
  ListPermissionSetsCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { UnreadableAnswerError } from './boundary-policy.ts';
import { awsFault } from './fault.ts';

/** A permission set as IAM Identity Center describes it. */
export interface PermissionSetFacts {
  readonly name: string;
  readonly sessionSeconds: number;
  /** Path and name of a customer-managed policy (`/daypass-boundary`), or the ARN of one of AWS's; null: no boundary. */
  readonly boundary: string | null;
}

/** Reads a permission set. Null: the instance has none with this ARN. Rejects with the SDK's error, or UnreadableAnswerError. */
export type InspectPermissionSet = (arn: string) => Promise<PermissionSetFacts | null>;

export function createPermissionSetInspector(
  ssoAdmin: SSOAdminClient,
  InstanceArn: string,
): InspectPermissionSet {
  return async (PermissionSetArn) => {
    const asked = { InstanceArn, PermissionSetArn };
    try {
      const { PermissionSet: found } = await ssoAdmin.send(new DescribePermissionSetCommand(asked));
      if (found?.Name === undefined) throw new UnreadableAnswerError('AWS left out what was asked for');
      return {
        name: found.Name,
        // Left out, it is an hour (IAM Identity Center User Guide, "Set session duration for AWS accounts").
        sessionSeconds: secondsOf(found.SessionDuration ?? 'PT1H'),
        boundary: await boundaryOf(ssoAdmin, asked),
      };
    } catch (error) {
      // That it is gone is looked up in the list, so that a mistyped instance does not pass for it.
      if (awsFault(error).kind !== 'not-found' || (await isListed(ssoAdmin, asked))) throw error;
      return null;
    }
  };
}

interface Asked {
  readonly InstanceArn: string;
  readonly PermissionSetArn: string;
}

async function boundaryOf(ssoAdmin: SSOAdminClient, asked: Asked): Promise<string | null> {
  try {
    const { PermissionsBoundary: found } = await ssoAdmin.send(
      new GetPermissionsBoundaryForPermissionSetCommand(asked),
    );
    const { Name, Path } = found?.CustomerManagedPolicyReference ?? {};
    return Name === undefined ? (found?.ManagedPolicyArn ?? null) : `${Path ?? '/'}${Name}`;
  } catch (error) {
    if (awsFault(error).kind === 'not-found') return null;
    throw error;
  }
}

async function isListed(
  ssoAdmin: SSOAdminClient,
  { InstanceArn, PermissionSetArn }: Asked,
): Promise<boolean> {
  let token: string | undefined;
  do {
    const page = await ssoAdmin.send(
      new ListPermissionSetsCommand({ InstanceArn, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    if (page.PermissionSets?.includes(PermissionSetArn) === true) return true;
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return false;
}

// ISO 8601 durations as the API has them, such as PT1H or PT1H30M.
function secondsOf(duration: string): number {
  const parts = /^PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?$/.exec(duration);
  if (parts === null) throw new UnreadableAnswerError('AWS answered a duration that cannot be read');
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
