import { Ajv } from 'ajv';
import { Type as T } from 'typebox';
import type { ChatAccount } from '../deps.ts';

/** What somebody did in Slack. */
export type SlackAction =
  | {
      readonly kind: 'review';
      readonly account: ChatAccount;
      readonly decision: 'approve' | 'deny';
      readonly request: string;
      readonly digest: string;
    }
  | { readonly kind: 'link'; readonly account: ChatAccount; readonly code: string }
  | { readonly kind: 'unlink'; readonly account: ChatAccount }
  /** A `/daypass` command that Daypass does not know. */
  | { readonly kind: 'help' }
  /** Anything else. */
  | { readonly kind: 'unknown' };

const slackId = T.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });

// Only what is used (docs.slack.dev, block_actions payload); the rest may be there or not. The state of a request is never read
// from a message: the button carries an id and the digest of what was shown.
const BlockActions = T.Object({
  type: T.Literal('block_actions'),
  team: T.Object({ id: slackId }),
  user: T.Object({ id: slackId }),
  actions: T.Array(
    T.Object({
      action_id: T.Union([T.Literal('daypass_approve'), T.Literal('daypass_deny')]),
      value: T.String({ maxLength: 2_000 }),
    }),
    { minItems: 1, maxItems: 1 },
  ),
});

const ButtonValue = T.Object(
  {
    request: T.String({ pattern: '^req_[0-9a-hjkmnp-tv-z]{26}$' }),
    digest: T.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);

const ajv = new Ajv({ strict: true });
const isBlockActions = ajv.compile<T.Static<typeof BlockActions>>(BlockActions);
const isButtonValue = ajv.compile<T.Static<typeof ButtonValue>>(ButtonValue);
const isSlackId = ajv.compile<string>(slackId);

/**
 * Reads the body of a callback whose signature was good. Never throws.
 * @param body application/x-www-form-urlencoded: a `payload` (interactive) or the fields of a slash command
 */
export function parseCallback(body: string): SlackAction {
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  return payload === null ? parseCommand(form) : parsePayload(payload);
}

function parsePayload(text: string): SlackAction {
  const payload = json(text);
  if (!isBlockActions(payload)) return { kind: 'unknown' };
  const [action] = payload.actions;
  const value = action === undefined ? null : json(action.value);
  if (action === undefined || !isButtonValue(value)) return { kind: 'unknown' };
  return {
    kind: 'review',
    account: { channel: 'slack', workspace: payload.team.id, externalId: payload.user.id },
    decision: action.action_id === 'daypass_approve' ? 'approve' : 'deny',
    request: value.request,
    digest: value.digest,
  };
}

function parseCommand(form: URLSearchParams): SlackAction {
  const [workspace, externalId] = [form.get('team_id'), form.get('user_id')];
  if (form.get('command') !== '/daypass' || !isSlackId(workspace) || !isSlackId(externalId)) {
    return { kind: 'unknown' };
  }
  const account = { channel: 'slack', workspace, externalId } as const;
  const [verb = '', ...rest] = (form.get('text') ?? '').trim().split(/\s+/);
  if (verb === 'link' && rest.length > 0) return { kind: 'link', account, code: rest.join('') };
  if (verb === 'unlink' && rest.length === 0) return { kind: 'unlink', account };
  return { kind: 'help' };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
