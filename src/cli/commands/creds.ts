import type { Context } from '../context.ts';
import { endWarning } from '../credentials/end-warning.ts';
import { requireGrant } from '../credentials/find-grant.ts';
import { type Format, formatCredentials, formats } from '../credentials/format.ts';
import { obtainCredentials, obtainKept } from '../credentials/obtain.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';
import { chooseServer } from '../settings/server-url.ts';

/**
 * Prints credentials under my active grant, kept or new: on stdout, and nothing else there. A run that needs no more than what is
 * kept ends in the fast path already.
 */
export async function creds(
  context: Context,
  entitlement: string,
  format: string | undefined,
): Promise<void> {
  const chosen = chosenFormat(context, format);
  const url = await chooseServer(context);
  const client = await connect(context);
  const obtained =
    obtainKept(context, url, entitlement) ??
    (await obtainCredentials(context, client, {
      url,
      entitlement,
      find: () => requireGrant(context, client, entitlement),
    }));
  context.terminal.out(formatCredentials(chosen, obtained));
  // Programs that call it show its stderr to people at random: only for somebody who sees it now.
  const warning = endWarning(entitlement, obtained, context.now());
  if (warning !== null && context.terminal.columns !== undefined) context.terminal.err(`${warning}\n`);
}

function chosenFormat(context: Context, named: string | undefined): Format {
  if (named === undefined) return context.json ? 'json' : 'credential-process';
  const format = formats.find((each) => each === named);
  if (format === undefined || (context.json && format === 'env')) {
    throw new CliError(
      exitCodes.usage,
      `--format can be ${formats.join(', ')}; --json is short for --format json`,
    );
  }
  return format;
}
