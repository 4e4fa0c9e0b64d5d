import type { Insight, Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { describeInsight } from '../display/insight.ts';
import { printable } from '../display/printable.ts';
import { describeRequest } from '../display/request.ts';
import { formatDuration } from '../duration.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';

export interface ReviewOptions {
  readonly comment?: string;
  /** The digest of the request as it was read before. */
  readonly digest?: string;
  readonly yes?: true;
  /** Less time, in seconds. */
  readonly for?: number;
  /** The entitlements that are approved; the others are left out. */
  readonly only?: readonly string[];
}

/**
 * Approves or denies exactly the request that is shown: its digest goes with the review, and with an approval what it leaves
 * out. A person at the terminal is told what the request is to be judged by, and asked to confirm an approval, unless --yes, or
 * unless the service would refuse it anyway; where nobody can be asked, --yes or --digest must say that it is meant. Throws
 * CliError 2 without.
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
    const { terminal } = context;
    terminal.err(describeRequest(read, context.now(), terminal.columns));
    const insight = await insightOf(client, path);
    if (insight !== null) terminal.err(`\n${describeInsight(insight, context.now(), terminal.columns)}`);
    const { askYesNo } = await import('../prompt.ts');
    if (!(await askYesNo(`Approve this${lessText(options)}?`)))
      throw new CliError(exitCodes.cancelled, 'nothing was approved');
  }
  const reviewed = await client.call<Request>({
    method: 'POST',
    path: `${path}/reviews`,
    body: {
      decision,
      digest: options.digest ?? read.digest,
      ...(options.comment === undefined ? {} : { comment: options.comment }),
      ...narrowing(options),
    },
  });
  show(context, reviewed, () => describeRequest(reviewed, context.now(), context.terminal.outColumns));
}

/** It helps, and nobody is kept from answering for want of it. */
async function insightOf(client: Client, path: string): Promise<Insight | null> {
  try {
    return await client.call<Insight>({ method: 'GET', path: `${path}/insight` });
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

function narrowing({ for: durationSeconds, only: entitlements }: ReviewOptions): { narrow?: object } {
  if (durationSeconds === undefined && entitlements === undefined) return {};
  return {
    narrow: {
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(entitlements === undefined ? {} : { entitlements }),
    },
  };
}

function lessText({ for: seconds, only }: ReviewOptions): string {
  const parts = only === undefined ? '' : `, only ${only.map(printable).join(' and ')}`;
  return `${parts}${seconds === undefined ? '' : `, for ${formatDuration(seconds)}`}`;
}
