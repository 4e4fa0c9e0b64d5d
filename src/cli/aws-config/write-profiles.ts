import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import { writeAtomically } from '../settings/atomic-write.ts';
import { home } from '../settings/paths.ts';
import { isMissing } from '../settings/saved.ts';
import { type Change, ForeignProfile, hasCredentials, type Profile, setProfile } from './profile.ts';

export interface Written {
  readonly path: string;
  readonly profiles: readonly { readonly profile: string; readonly change: Change }[];
}

/**
 * Puts profiles into the AWS config file (AWS_CONFIG_FILE, else ~/.aws/config), all or none. Everything else in it stays byte
 * for byte, as do its mode and a symbolic link to it. Throws CliError 78 when a name is taken by somebody else's profile, or
 * somebody else wrote the file at the same moment.
 */
export async function writeProfiles(env: Environment, profiles: readonly Profile[]): Promise<Written> {
  const path = awsFile(env, env.AWS_CONFIG_FILE, 'config');
  const before = await readBytes(path);
  const credentials = await readBytes(awsFile(env, env.AWS_SHARED_CREDENTIALS_FILE, 'credentials'));
  let text = before;
  const changes: { profile: string; change: Change }[] = [];
  for (const profile of profiles) {
    if (hasCredentials(credentials, profile.name)) throw taken(profile.name, 'your AWS credentials file');
    const result = changed(text, profile, path);
    text = result.text;
    changes.push({ profile: profile.name, change: result.change });
  }
  if (text !== before) {
    await writeAtomically(path, Buffer.from(text, 'latin1'), {
      mode: 0o600,
      beforeReplace: async () => {
        if ((await readBytes(path)) !== before) {
          throw new CliError(exitCodes.configuration, `${path} was changed at the same moment: run it again`);
        }
      },
    });
  }
  return { path, profiles: changes };
}

// As AWS's own tools read these variables, `~` included.
function awsFile(env: Environment, named: string | undefined, standard: string): string {
  if (named === undefined || named === '') return join(home(env), '.aws', standard);
  return named.startsWith('~/') ? join(home(env), named.slice(2)) : named;
}

function changed(text: string, profile: Profile, path: string) {
  try {
    return setProfile(text, profile);
  } catch (error) {
    if (error instanceof ForeignProfile) throw taken(profile.name, path);
    throw error;
  }
}

function taken(name: string, where: string): CliError {
  return new CliError(
    exitCodes.configuration,
    `${where} has a profile ${name} that daypass did not make: choose another name with --profile`,
  );
}

// Latin-1 gives every byte a character and back: what is not ours is never decoded.
async function readBytes(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return '';
    throw new CliError(exitCodes.configuration, `${path} cannot be read`);
  }
}
