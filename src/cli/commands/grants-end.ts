import type { EndedGrants } from '../api.ts';
import { type Context, show } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { printable } from '../display/printable.ts';
import { table } from '../display/table.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { ProblemError } from '../server/problem.ts';

export interface EndManyOptions {
  readonly entitlement?: string;
  readonly account?: string;
  readonly person?: string;
  readonly because?: string;
  readonly expect?: number;
}

// Thousands take a while.
const longestMs = 300_000;

/**
 * Ends all grants of a pattern, as an operator. A person at the terminal is shown how many there are and whose, and types the
 * number; where nobody can be asked, --expect says it. The service ends none unless the number is right. Throws CliError 2
 * without a number.
 */
export async function endGrants(context: Context, options: EndManyOptions): Promise<ExitCode> {
  const { entitlement, because, expect, account, person } = options;
  if (entitlement === undefined) {
    throw new CliError(
      exitCodes.usage,
      "say which: add --entitlement with the id of one, or a pattern such as 'prod/*'",
    );
  }
  if (because === undefined || because.trim() === '')
    throw new CliError(exitCodes.usage, 'say why: add --because "…"');
  const asked = expect === undefined && context.terminal.person;
  if (expect === undefined && !asked)
    throw new CliError(
      exitCodes.usage,
      'nobody is there to be asked: add --expect with the number of grants to end',
    );
  const client = await connect(context);
  const end = (number: number | undefined) =>
    call(client, { entitlement, because, account, person, expect: number });
  const ended = asked ? await askAndEnd(context, end) : await end(expect);
  show(context, ended, () => summary(ended));
  return ended.failed.length === 0 ? exitCodes.done : exitCodes.failed;
}

function call(client: Client, body: object): Promise<EndedGrants> {
  return client.call<EndedGrants>({ method: 'POST', path: '/v1/grants/end', body, timeoutMs: longestMs });
}

/** Shows what is there and asks for the number, again when it has changed meanwhile. */
async function askAndEnd(
  context: Context,
  end: (expect: number | undefined) => Promise<EndedGrants>,
): Promise<EndedGrants> {
  for (;;) {
    const found = await end(undefined);
    if (found.grants === 0) return found;
    context.terminal.err(`${described(found, context.terminal.columns)}\n`);
    const { askForText } = await import('../prompt.ts');
    const number = String(found.grants);
    await askForText(`To end all of them, type their number (${number})`, (typed) =>
      typed === number ? undefined : `Type ${number}, or press Ctrl-C to end none.`,
    );
    try {
      return await end(found.grants);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'conflict') throw error;
      context.terminal.err(`${error.message}\n`);
    }
  }
}

function described(found: EndedGrants, columns: number | undefined): string {
  // Some terminals say that they have no columns.
  const fit = { columns: columns || undefined, whole: ['grants'] };
  const entitlements = found.byEntitlement.map(({ entitlement, grants }) => [String(grants), entitlement]);
  const people = found.byPerson.map(({ person, grants }) => [String(grants), nameOf(person)]);
  const others = found.people - people.length;
  return [
    `${found.grants} live grants of ${found.people} people:`,
    table(['grants', 'entitlement'], entitlements, fit),
    table(['grants', 'who'], people, fit) + (others > 0 ? `and ${others} more people\n` : ''),
  ].join('\n');
}

function summary(ended: EndedGrants): string {
  if (ended.ended === null || ended.grants === 0) return 'No live grant matches.\n';
  const gone = ended.grants - ended.ended - ended.failed.length;
  return [
    `${ended.ended} grants of ${ended.people} people are ending: see daypass grants --still-live.\n`,
    ended.batches > 1 ? `They were ended in ${ended.batches} batches.\n` : '',
    gone > 0 ? `${gone} had ended by themselves meanwhile.\n` : '',
    ended.failed.length > 0
      ? `Not ended: ${ended.failed.map(printable).join(', ')}. The log of the service says why; try again.\n`
      : '',
  ].join('');
}
