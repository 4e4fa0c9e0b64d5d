import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { consoleDomain } from './aws/console-address.ts';
import type { SigningKey } from './catalog/trust.ts';
import { againstEntry } from './egress/addresses.ts';
import { againstSigningSecret } from './egress/signing-secret.ts';
import { readTarget } from './egress/target.ts';
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
    /** Ed25519 public keys; each is named by the start of the digest of its 32 bytes. */
    signingKeys(name: string, value: string): SigningKey[] {
      return list(value).flatMap((text, index) => {
        const key = ed25519PublicKey(text);
        if (key === null) {
          problems.push(
            `${name}: key ${index + 1} is no Ed25519 public key: give what \`openssl pkey -pubout\` prints, or its base64`,
          );
          return [];
        }
        const { x = '' } = key.export({ format: 'jwk' });
        const bytes = Buffer.from(x, 'base64url');
        return [{ id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), key }];
      });
    },
    networks(name: string, value: string): string[] {
      const entries = list(value);
      for (const entry of entries) {
        const problem = againstEntry(entry);
        if (problem !== null) problems.push(`${name}: ${entry} ${problem}`);
      }
      return entries;
    },
    /** The settings `<name>_URL` and `<name>_SECRET`; null when neither is set. */
    webhook(name: string, address: string, secret: string): { url: URL; secret: Secret<string> } | null {
      if (address === '' && secret === '') return null;
      if (address === '' || secret === '') {
        problems.push(`${name}_URL and ${name}_SECRET go together: set both or neither`);
        return null;
      }
      const against = againstSigningSecret(secret);
      if (against !== null) problems.push(`${name}_SECRET ${against}`);
      const url = this.url(`${name}_URL`, address);
      try {
        readTarget(url.href, new Set(url.protocol === 'http:' ? [url.origin] : []));
      } catch (error) {
        problems.push(`${name}_URL: ${(error as Error).message}`);
      }
      return { url, secret: new Secret(secret) };
    },
    webhookSecret(name: string, value: string): Secret<string> | null {
      if (value === '') return null;
      const against = againstSigningSecret(value);
      if (against !== null) problems.push(`${name} ${against}`);
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

// As PEM, as base64 of the same bytes (SubjectPublicKeyInfo, RFC 8410), or as base64 of the 32 bytes alone. A private key is none:
// nobody who reads the configuration should be able to sign.
function ed25519PublicKey(text: string): KeyObject | null {
  try {
    const pem = text.startsWith('-----BEGIN PUBLIC KEY-----');
    if (!pem && !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
    const bytes = Buffer.from(text, 'base64');
    const key = pem
      ? createPublicKey(text)
      : bytes.length === 32
        ? createPublicKey({
            key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
            format: 'jwk',
          })
        : createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}
