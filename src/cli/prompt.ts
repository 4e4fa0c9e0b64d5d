import { CliError, exitCodes } from './exit.ts';

// Questions to the person at the terminal, on stderr: stdout is for results. Only called where somebody is there.

/** Asks for a line of text; `fault` says what is wrong with an answer, or undefined. Ctrl-C ends the command. */
export async function askForText(
  message: string,
  fault: (value: string) => string | undefined,
  options: { readonly initialValue?: string } = {},
): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    message,
    output: process.stderr,
    validate: (value) => fault((value ?? '').trim()),
    ...options,
  });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

/** Asks for the six digits of a one-time-code app, without showing them. */
export async function askForCode(): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({
    message: 'One-time code of your app',
    output: process.stderr,
    validate: (value) =>
      /^\d{6}$/.test((value ?? '').trim()) ? undefined : 'Six digits, as the app shows them.',
  });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

/** Asks for a yes; Enter alone means no. */
export async function askYesNo(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, output: process.stderr, initialValue: false });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

function cancelled(): CliError {
  return new CliError(exitCodes.cancelled, 'cancelled');
}
