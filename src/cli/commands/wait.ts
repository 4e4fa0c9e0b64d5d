import { type Context, show } from '../context.ts';
import { exitCodeOfDecision, sayNext, untilDecided } from '../decision.ts';
import { describeRequest } from '../display/request.ts';
import type { ExitCode } from '../exit.ts';
import { connect } from '../server/connect.ts';

/** Waits for the decision on a request: 0 approved, 3 denied, cancelled or expired, 5 after the time limit. */
export async function wait(context: Context, id: string, timeoutSeconds: number): Promise<ExitCode> {
  const client = await connect(context);
  const request = await untilDecided(context, client, id, timeoutSeconds);
  show(context, request, () => describeRequest(request, context.now(), context.terminal.outColumns));
  await sayNext(context, client, request);
  return exitCodeOfDecision(request);
}
