import type { ConsoleSignIn, Grant } from '../api.ts';
import { leadBrowser } from '../console/lead-browser.ts';
import { NobodyCame } from '../local-page.ts';
import { type Context, show } from '../context.ts';
import { requireGrant } from '../credentials/find-grant.ts';
import { printable } from '../display/printable.ts';
import { formatTime } from '../display/time.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { openBrowser } from '../sign-in/browser.ts';

export interface ConsoleOptions {
  readonly print?: true;
  readonly destination?: string;
}

const patienceMs = 60_000;

/**
 * Opens the AWS console in the person's browser under my active grant. With --print, --json or nobody there, the address goes to
 * stdout instead, and nothing else does.
 */
export async function awsConsole(
  context: Context,
  entitlement: string,
  options: ConsoleOptions,
): Promise<void> {
  const { terminal } = context;
  const client = await connect(context);
  const grant = await requireGrant(context, client, entitlement);
  const signIn = await fetchSignIn(client, grant, options.destination);
  const named = printable(entitlement);
  if (context.json || options.print === true || !terminal.person) {
    show(context, signIn, () => `${signIn.url}\n`);
    if (!context.json) {
      terminal.err(`daypass: ${named}: open it by ${time(signIn.expiresAt)}; ${untilWhen(signIn)}\n`);
    }
    return;
  }
  await openConsole(context, named, signIn.url);
  terminal.err(`The AWS console for ${named} is open in your browser; ${untilWhen(signIn)}.\n`);
}

const time = (instant: string) => printable(formatTime(instant));
const untilWhen = (signIn: ConsoleSignIn) => `it works until ${time(signIn.sessionEndsAt)}`;

async function fetchSignIn(
  client: Client,
  grant: Grant,
  destination: string | undefined,
): Promise<ConsoleSignIn> {
  const signIn = await client.call<ConsoleSignIn>({
    method: 'POST',
    path: `/v1/grants/${encodeURIComponent(grant.id)}/console`,
    body: destination === undefined ? {} : { destination },
    // AWS is asked while we wait.
    timeoutMs: 60_000,
  });
  if (typeof signIn.url !== 'string' || !isAddress(signIn.url)) {
    throw new CliError(
      exitCodes.unavailable,
      'the server answered with an address that cannot be opened: try again',
    );
  }
  return signIn;
}

// What a browser is led to; http is for what stands in for AWS on this machine.
function isAddress(text: string): boolean {
  const url = /^[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  return (
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1'))
  );
}

async function openConsole(context: Context, named: string, url: string): Promise<void> {
  const otherwise = `run daypass console ${named} --print for an address to open yourself`;
  const lead = await leadBrowser(url, patienceMs);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Told late, when nobody listens any more, it changes nothing.
  failed.catch(() => undefined);
  const notOpened = () => reject(new CliError(exitCodes.failed, `no browser could be opened: ${otherwise}`));
  try {
    await openBrowser(context.env, lead.address, notOpened);
    await Promise.race([lead.followed, failed]);
  } catch (error) {
    if (!(error instanceof NobodyCame)) throw error;
    throw new CliError(exitCodes.pending, `the browser did not open it within a minute: ${otherwise}`);
  } finally {
    lead.close();
  }
}
