import type { Context } from './context.ts';
import { parseDuration } from './duration.ts';
import { CliError, exitCodes } from './exit.ts';

/** What every request says, as the API has it. */
export interface Terms {
  readonly durationSeconds: number;
  readonly reason: string;
}

/**
 * --for and --because, or what the person at the terminal answers instead. Throws CliError 2 when nobody can be asked.
 * @param before what holds where nothing else is said; a person at the terminal confirms the reason or writes another
 */
export async function askReasonAndLength(
  context: Context,
  options: { readonly for?: number; readonly because?: string },
  before: { readonly durationSeconds?: number; readonly reason?: string | null } = {},
): Promise<Terms> {
  const unasked = context.terminal.person ? undefined : (before.reason ?? undefined);
  const given = { length: options.for ?? before.durationSeconds, reason: options.because?.trim() ?? unasked };
  if (given.reason === '')
    throw new CliError(exitCodes.usage, 'say why: --because "Rotate the ingress certificate"');
  const { length, reason } = given;
  if (length !== undefined && reason !== undefined) return { durationSeconds: length, reason };
  if (!context.terminal.person) {
    const missing = [length === undefined ? '--for 1h' : '', reason === undefined ? '--because "…"' : ''];
    throw new CliError(
      exitCodes.usage,
      `say for how long and why: add ${missing.filter((part) => part !== '').join(' ')}`,
    );
  }
  const { askForText } = await import('./prompt.ts');
  return {
    durationSeconds:
      length ??
      parseDuration(
        await askForText(
          'For how long?',
          (text) => (parseDuration(text) === null ? 'A length of time such as 15m or 1h30m.' : undefined),
          { initialValue: '1h' },
        ),
      ) ??
      0,
    reason:
      reason ??
      (await askForText(
        'Why? Approvers and auditors read it.',
        (text) => (text === '' ? 'Say why.' : undefined),
        // A line, as what is asked for is one.
        { initialValue: before.reason?.replaceAll(/\s+/g, ' ') ?? '' },
      )),
  };
}
