import type { Context } from '../context.ts';
import { readSaved } from '../settings/saved.ts';
import { chooseServer } from '../settings/server-url.ts';
import { tokenStore } from '../settings/token-store.ts';
import { signInAdvice, stepUpAdvice } from './advice.ts';
import { Client, type StepUp } from './client.ts';

/** The API as the signed-in person sees it. Throws CliError 78 when no server is set. */
export async function connect(context: Context): Promise<Client> {
  const url = await chooseServer(context);
  const tokens = tokenStore(context.env);
  const { url: savedUrl } = await readSaved(context.env);
  return new Client({
    url,
    token: () => tokens.read(url),
    stepUp: context.terminal.person && tokens.writable ? personStepUp(context, url) : null,
    stepUpAdvice: (challenge, totp) => stepUpAdvice(url, savedUrl, challenge, totp),
    signInAdvice: tokens.writable
      ? signInAdvice(url, savedUrl)
      : 'DAYPASS_TOKEN is not, or no longer, valid: set a new one',
  });
}

// Loaded when it is needed, which is seldom.
function personStepUp(context: Context, url: string): StepUp {
  return {
    signInAgain: async (challenge, oldToken) => {
      const { signInAgain } = await import('../sign-in/step-up.ts');
      return signInAgain(context, url, challenge, oldToken);
    },
    enterCode: async (verify) => {
      const { enterCode } = await import('../sign-in/step-up.ts');
      return enterCode(context, verify);
    },
  };
}
