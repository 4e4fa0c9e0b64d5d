import type { Assurance, TotpEnrolment } from '../api.ts';
import { type Context, show } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

/** Enrols a one-time-code app with Daypass: shows its seed once and, when somebody is there, has the first code confirmed. */
export async function enrolFactor(context: Context): Promise<void> {
  const client = await connect(context);
  const enrolment = await client.call<TotpEnrolment>({ method: 'POST', path: '/v1/factors/totp', body: {} });
  show(
    context,
    enrolment,
    () =>
      `Add this to your one-time-code app; it is shown once:\n${printable(enrolment.otpauthUri)}\nkey: ${printable(enrolment.secret)}\n`,
  );
  if (!context.terminal.person) {
    context.terminal.err('It counts once confirmed: run daypass factor confirm\n');
    return;
  }
  await confirmFactor(context);
}

/** Confirms a new app with its first code. */
export async function confirmFactor(context: Context): Promise<void> {
  const client = await connect(context);
  await client.call<null>({
    method: 'POST',
    path: '/v1/factors/totp/confirm',
    body: { code: await readCode(context) },
  });
  context.terminal.err('Your app is confirmed. From now on daypass factor verify takes its codes.\n');
}

/** Raises this sign-in to multi-factor with a one-time code. */
export async function verifyFactor(context: Context): Promise<void> {
  const client = await connect(context);
  const assurance = await client.call<Assurance>({
    method: 'POST',
    path: '/v1/factors/totp/verify',
    body: { code: await readCode(context) },
  });
  show(context, assurance, () => `This sign-in is ${printable(assurance.level)} now.\n`);
}

// Never an argument: those can be read by every process of the machine.
async function readCode(context: Context): Promise<string> {
  if (context.terminal.person) {
    const { askForCode } = await import('../prompt.ts');
    return askForCode();
  }
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > 100 || text.includes('\n')) break;
  }
  const code = text.trim();
  if (!/^\d{6}$/.test(code)) throw new CliError(exitCodes.usage, 'give the six digits of your app on stdin');
  return code;
}
