import type { ChatLinkCode } from '../api.ts';
import { type Context, show } from '../context.ts';
import { formatTime } from '../display/time.ts';
import { connect } from '../server/connect.ts';

/** Gets the code that ties the chat account it is typed in to me. */
export async function chatLink(context: Context): Promise<void> {
  const client = await connect(context);
  const link = await client.call<ChatLinkCode>({ method: 'POST', path: '/v1/chat-links', body: {} });
  show(
    context,
    link,
    () =>
      `Type this in the chat, yourself, before ${formatTime(link.expiresAt)}:\n/daypass link ${link.code}\n`,
  );
}
