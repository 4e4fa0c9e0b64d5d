import { checkEntitlements } from '../aws-config/check-entitlements.ts';
import { credentialProcess } from '../aws-config/command-line.ts';
import { isProfileName } from '../aws-config/profile.ts';
import { writeProfiles } from '../aws-config/write-profiles.ts';
import { type Context, show } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { chooseServer } from '../settings/server-url.ts';

/** Adds an AWS profile for each entitlement, named like it unless --profile says otherwise. */
export async function awsConfigure(
  context: Context,
  entitlements: readonly string[],
  profile: string | undefined,
): Promise<void> {
  if (profile !== undefined && entitlements.length !== 1) {
    throw new CliError(exitCodes.usage, '--profile names one profile: give one entitlement with it');
  }
  for (const entitlement of entitlements) {
    if (!/^[a-z0-9][a-z0-9-]*(?:\/[a-z0-9][a-z0-9-]*)+$/.test(entitlement)) {
      throw new CliError(
        exitCodes.usage,
        `${printable(entitlement)} is no entitlement: they look like prod/admin`,
      );
    }
  }
  if (profile !== undefined && !isProfileName(profile)) {
    throw new CliError(exitCodes.usage, 'a profile name has letters, digits and _ . % @ : + / - only');
  }
  const url = await chooseServer(context);
  await checkEntitlements(context, entitlements);
  const written = await writeProfiles(
    context.env,
    [...new Set(entitlements)].map((entitlement) => ({
      name: profile ?? entitlement,
      command: credentialProcess(url, entitlement),
    })),
  );
  show(context, written, () =>
    written.profiles
      .map(
        ({ profile: name, change }) =>
          `${name}: ${change} in ${printable(written.path)}; try aws --profile ${name} sts get-caller-identity\n`,
      )
      .join(''),
  );
}
