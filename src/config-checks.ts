import { isAbsolute } from 'node:path';
import { consoleDomain } from './aws/console-address.ts';
import { againstEntry } from './egress/addresses.ts';
import { Secret } from './keys/secret.ts';

/** Checks of single settings. Each adds what is wrong to `problems` and returns something of the right type to go on with. */
export function checks(problems: string[]) {
  return {
    postgres(name: string, value: string): string {
      if (value !== '' && !/^postgres(ql)?:\/\//.test(value))
        problems.push(`${name} must be a postgres:// URL`);
      return value;
    },
    url(name: string, value: string): URL {
      const url = URL.canParse(value) ? new URL(value) : null;
      const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
      if (
        value !== '' &&
        (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback)))
      ) {
        problems.push(`${name} must be an https URL (http only for loopback)`);
      }
      return url ?? new URL('https://unset.invalid');
    },
    iamName(name: string, value: string): string {
      if (!/^(?:[\w+=,.@-]{1,128}\/){0,8}[\w+=,.@-]{1,64}$/.test(value))
        problems.push(`${name} must be a name as IAM takes it, without the ARN`);
      return value;
    },
    signinEndpoint(name: string, value: string): URL {
      const url = URL.parse(value);
      // Credentials are sent there.
      if (url === null || url.search !== '' || url.hash !== '' || consoleDomain(url) === null) {
        problems.push(
          `${name} must be a federation endpoint of AWS, such as https://signin.aws.amazon.com/federation`,
        );
      }
      return url ?? new URL('https://unset.invalid');
    },
    whole(name: string, value: string, least: number, most: number): number {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= least && number <= most))
        problems.push(`${name} must be a whole number from ${least} to ${most}`);
      return number;
    },
    /** An absolute path, since the folder that a service starts in is nobody's choice; null for none. */
    file(name: string, value: string): string | null {
      if (value !== '' && !isAbsolute(value)) problems.push(`${name} must be an absolute path`);
      return value === '' ? null : value;
    },
    networks(name: string, value: string): string[] {
      const entries = list(value);
      for (const entry of entries) {
        const problem = againstEntry(entry);
        if (problem !== null) problems.push(`${name}: ${entry} ${problem}`);
      }
      return entries;
    },
    webhookSecret(name: string, value: string): Secret<string> | null {
      if (value === '') return null;
      // Standard Webhooks, "Signature scheme": 24 to 64 random bytes.
      const isSecret = (part: string) => {
        const { length } = Buffer.from(/^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(part)?.[1] ?? '', 'base64');
        return length >= 24 && length <= 64;
      };
      if (!list(value).every(isSecret)) {
        problems.push(
          `${name} must be whsec_ and 24 to 64 random bytes in base64: make one with \`echo whsec_$(openssl rand -base64 32)\``,
        );
      }
      return new Secret(value);
    },
    slackTeams(value: string, needed: boolean): string[] {
      const teams = list(value);
      if (needed && teams.length === 0) {
        problems.push(
          'SLACK_TEAM_IDS is not set, and there is a SLACK_SIGNING_SECRET: list the workspaces whose people may use Daypass',
        );
      }
      if (!teams.every((team) => /^[A-Za-z0-9_-]{1,64}$/.test(team))) {
        problems.push('SLACK_TEAM_IDS must be workspace ids, separated by commas, such as T0123ABCD');
      }
      return teams;
    },
    oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
      const choice = choices.find((c) => c === value);
      if (choice === undefined) problems.push(`${name} must be one of ${choices.join(', ')}`);
      return choice ?? (choices[0] as T);
    },
  };
}

/** The parts of a comma-separated list, without blanks. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
