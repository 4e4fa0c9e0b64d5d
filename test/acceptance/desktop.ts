import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../dev/child-environment.ts';
import type { SignInMethod } from '../../dev/idp/methods.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A person's computer: a home of their own and a browser in which they sign in. */
export interface Desktop extends AsyncDisposable {
  readonly home: string;
  readonly env: Record<string, string>;
  /** How the person proves who they are when the browser opens next. */
  willUse(method: SignInMethod): Promise<void>;
}

/** Sets up a computer for the person `key` of the development identity provider. */
export async function newDesktop(
  url: string,
  key: string,
  extra: Record<string, string> = {},
): Promise<Desktop> {
  const home = await mkdtemp(join(tmpdir(), 'daypass-desktop-'));
  const browser = join(home, 'browser.mjs');
  const willUse = async (method: SignInMethod) => {
    await writeFile(browser, browserProgram(key, method));
    await chmod(browser, 0o755);
  };
  await willUse('password');
  return {
    home,
    env: {
      ...childEnvironment(),
      HOME: home,
      BROWSER: browser,
      DAYPASS_TOKEN_STORE: 'file',
      DAYPASS_URL: url,
      ...extra,
    },
    willUse,
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

function browserProgram(key: string, method: SignInMethod): string {
  return `#!${process.execPath}
import { Browser } from ${JSON.stringify(pathOf('../../dev/browser.ts'))};
import { confirmClient } from ${JSON.stringify(pathOf('../../dev/confirm-client.ts'))};
import { signInAtIdp } from ${JSON.stringify(pathOf('../../dev/idp/sign-in.ts'))};
const browser = new Browser();
let page = await browser.get(process.argv[2]);
if (page.body.includes(${JSON.stringify(`${key}/${method}`)})) page = await signInAtIdp(browser, page, ${JSON.stringify(key)}, ${JSON.stringify(method)});
await confirmClient(browser, page);
`;
}
