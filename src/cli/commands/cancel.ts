import type { Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { describeRequest } from '../display/request.ts';
import { connect } from '../server/connect.ts';

/** Takes back a request of mine that nobody has answered. */
export async function cancel(context: Context, id: string): Promise<void> {
  const client = await connect(context);
  const path = `/v1/requests/${encodeURIComponent(id)}/cancel`;
  const cancelled = await client.call<Request>({ method: 'POST', path, body: {} });
  show(context, cancelled, () => describeRequest(cancelled, context.now(), context.terminal.outColumns));
}
