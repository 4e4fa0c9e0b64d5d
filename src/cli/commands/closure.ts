import type { Closure, ClosureState } from '../api.ts';
import { type Context, show } from '../context.ts';
import { facts } from '../display/table.ts';
import { printable } from '../display/printable.ts';
import { formatTime } from '../display/time.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

export interface ConfirmOptions {
  readonly because?: string;
  readonly checked?: true;
}

const reasons: Readonly<Record<string, string>> = {
  older_database: 'the database is older than what was known to be in it: it was restored',
  other_database: 'the database is not the one that it was',
  damaged_anchor: 'what is kept outside of the database is damaged',
  forged_anchor: 'what is kept outside of the database was not written by Daypass',
};

/** Whether Daypass is closed after a restore of its database, why, and what to look after. */
export async function showClosure(context: Context): Promise<void> {
  const client = await connect(context);
  const state = await client.call<ClosureState>({ method: 'GET', path: '/v1/closure' });
  show(context, state, () => {
    const { closure } = state;
    const warnings = state.warnings.map((warning) => `Warning: ${printable(warning)}\n`).join('');
    if (closure === null) return `Daypass is open.\n${warnings}`;
    return `${describe(closure, context.terminal.outColumns)}${warnings}`;
  });
}

/**
 * Says that everything was looked after; the second operator who does opens Daypass. A person at the terminal is shown what to
 * look after and asked; where nobody can be asked, --checked must say it. Throws CliError 2 without.
 */
export async function confirmClosure(context: Context, options: ConfirmOptions): Promise<void> {
  const { because } = options;
  if (because === undefined || because.trim() === '')
    throw new CliError(exitCodes.usage, 'say what you have checked: add --because "…"');
  const { person } = context.terminal;
  if (!person && options.checked !== true)
    throw new CliError(
      exitCodes.usage,
      'nobody is there to be asked: read daypass closure, look after what it lists, and add --checked',
    );
  const client = await connect(context);
  if (person && options.checked !== true) {
    const { closure } = await client.call<ClosureState>({ method: 'GET', path: '/v1/closure' });
    if (closure !== null) {
      context.terminal.err(describe(closure, context.terminal.columns));
      const { askYesNo } = await import('../prompt.ts');
      if (!(await askYesNo('Was all of this looked after?')))
        throw new CliError(exitCodes.cancelled, 'nothing was confirmed');
    }
  }
  const closure = await client.call<Closure>({
    method: 'POST',
    path: '/v1/closure/confirm',
    body: { because, checked: true },
  });
  show(context, closure, () =>
    closure.openedAt === null
      ? 'Confirmed. Another operator has to confirm, too.\n'
      : 'Confirmed. Daypass is open again.\n',
  );
}

function describe(closure: Closure, columns: number | undefined): string {
  const time = (instant: string | null) => (instant === null ? 'unknown' : formatTime(instant));
  return facts(
    [
      ['closed', time(closure.closedAt)],
      ['because', reasons[closure.reason] ?? closure.reason],
      ['known until', time(closure.anchorTime)],
      ['database until', time(closure.databaseTime)],
      ...closure.confirmations.map(({ person, because, confirmedAt }): [string, string] => [
        'confirmed',
        `${person.name ?? person.id}, ${time(confirmedAt)}: ${because}`,
      ]),
      ['to confirm', `${closure.confirmationsNeeded} operators, with daypass closure confirm --because "…"`],
      ...closure.check.map((one): [string, string] => ['look after', one]),
    ],
    columns,
  );
}
