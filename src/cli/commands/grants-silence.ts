import type { Grant } from '../api.ts';
import { type Context, show } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

/** Silences the alarm of an ending that takes long, as an operator. Throws CliError 2 without a reason. */
export async function silence(context: Context, id: string, because: string | undefined): Promise<void> {
  if (because === undefined || because.trim() === '')
    throw new CliError(exitCodes.usage, 'say why: add --because "…"');
  const client = await connect(context);
  const grant = await client.call<Grant>({
    method: 'POST',
    path: `/v1/grants/${encodeURIComponent(id)}/silence`,
    body: { because },
  });
  show(
    context,
    grant,
    () =>
      `The alarm of ${printable(grant.id)} is silent. It is ${printable(grant.state)} as before, and Daypass goes on with it.\n`,
  );
}
