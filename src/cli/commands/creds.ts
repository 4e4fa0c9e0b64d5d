import type { Context } from '../context.ts';
import { requireGrant } from '../credentials/find-grant.ts';
import { type Format, formatCredentials, formats } from '../credentials/format.ts';
import { issueCredentials } from '../credentials/issue.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

/** Prints credentials under my active grant: on stdout, and nothing else there. */
export async function creds(
  context: Context,
  entitlement: string,
  format: string | undefined,
): Promise<void> {
  const chosen = chosenFormat(context, format);
  const client = await connect(context);
  const grant = await requireGrant(context, client, entitlement);
  const issued = await issueCredentials(client, grant);
  context.terminal.out(formatCredentials(chosen, issued));
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
