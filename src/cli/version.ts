import { readFileSync } from 'node:fs';

/** The version of this package, as its package.json has it. The file lies two folders up from here in a checkout and when built. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
