import { createHmac } from 'node:crypto';
import type { Person } from './person.ts';

/** Slack as Daypass sees it: signed callbacks from one workspace. */
export interface SlackDesk {
  readonly url: string;
  readonly signingSecret: string;
  readonly team: string;
  readonly user: string;
}

/** Links the desk's Slack user to `person`, as people do: a one-use code from Daypass, typed into Slack. Returns the answer. */
export async function linkSlack(desk: SlackDesk, person: Person): Promise<string> {
  const { body } = await person.call<{ code: string }>('POST', '/v1/chat-links');
  return send(
    desk,
    new URLSearchParams({
      command: '/daypass',
      text: `link ${body.code}`,
      user_id: desk.user,
      team_id: desk.team,
    }),
  );
}

/** Presses the Approve button of a request's message. Returns Daypass's answer in the chat. */
export async function approveInSlack(
  desk: SlackDesk,
  request: { readonly id: string; readonly digest: string },
): Promise<string> {
  const payload = {
    type: 'block_actions',
    team: { id: desk.team },
    user: { id: desk.user, team_id: desk.team },
    actions: [
      {
        type: 'button',
        action_id: 'daypass_approve',
        value: JSON.stringify({ request: request.id, digest: request.digest }),
      },
    ],
  };
  return send(desk, new URLSearchParams({ payload: JSON.stringify(payload) }));
}

// Slack's request signature: HMAC-SHA256 of `v0:{timestamp}:{raw body}` (docs.slack.dev, Verifying requests from Slack).
async function send(desk: SlackDesk, form: URLSearchParams): Promise<string> {
  const raw = form.toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', desk.signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')}`;
  const answer = await fetch(`${desk.url}/channels/slack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body: raw,
  });
  const body = (await answer.json().catch(() => ({}))) as { text?: string };
  if (!answer.ok || body.text === undefined)
    throw new Error(`Slack callback answered ${answer.status} ${JSON.stringify(body)}`);
  return body.text;
}
