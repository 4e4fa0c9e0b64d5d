import type { Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { describeRequest } from '../display/request.ts';
import { connect } from '../server/connect.ts';

/** Says something about a pending request, or asks those it is about. */
export async function comment(
  context: Context,
  id: string,
  said: { readonly text: string; readonly question?: true },
): Promise<void> {
  const client = await connect(context);
  const path = `/v1/requests/${encodeURIComponent(id)}/comments`;
  const request = await client.call<Request>({ method: 'POST', path, body: said });
  show(context, request, () => describeRequest(request, context.now(), context.terminal.outColumns));
}
