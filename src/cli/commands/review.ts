import type { Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { describeRequest } from '../display/request.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

export interface ReviewOptions {
  readonly comment?: string;
  /** The digest of the request as it was read before. */
  readonly digest?: string;
  readonly yes?: true;
}

/**
 * Approves or denies exactly the request that is shown: its digest goes with the review. A person at the terminal is asked to
 * confirm an approval unless --yes, or unless the service would refuse it anyway; where nobody can be asked, --yes or --digest
 * must say that it is meant. Throws CliError 2 without.
 */
export async function review(
  context: Context,
  id: string,
  decision: 'approve' | 'deny',
  options: ReviewOptions,
): Promise<void> {
  const { person } = context.terminal;
  if (decision === 'approve' && !person && options.yes !== true && options.digest === undefined) {
    throw new CliError(
      exitCodes.usage,
      'nobody is there to confirm: add --yes to approve the request as it stands, or --digest with that of the request you read',
    );
  }
  const client = await connect(context);
  const path = `/v1/requests/${encodeURIComponent(id)}`;
  const read = await client.call<Request>({ method: 'GET', path });
  if (decision === 'approve' && person && options.yes !== true && read.mayReview) {
    context.terminal.err(describeRequest(read, context.now(), context.terminal.columns));
    const { askYesNo } = await import('../prompt.ts');
    if (!(await askYesNo('Approve this?'))) throw new CliError(exitCodes.cancelled, 'nothing was approved');
  }
  const reviewed = await client.call<Request>({
    method: 'POST',
    path: `${path}/reviews`,
    body: {
      decision,
      digest: options.digest ?? read.digest,
      ...(options.comment === undefined ? {} : { comment: options.comment }),
    },
  });
  show(context, reviewed, () => describeRequest(reviewed, context.now(), context.terminal.outColumns));
}
