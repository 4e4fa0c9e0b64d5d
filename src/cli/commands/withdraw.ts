import type { Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { describeRequest } from '../display/request.ts';
import { connect } from '../server/connect.ts';

/** Takes back my answer to a request, while it is pending or no access was made yet. */
export async function withdraw(context: Context, id: string): Promise<void> {
  const client = await connect(context);
  const path = `/v1/requests/${encodeURIComponent(id)}/withdraw`;
  const request = await client.call<Request>({ method: 'POST', path, body: {} });
  show(context, request, () => describeRequest(request, context.now(), context.terminal.outColumns));
}
