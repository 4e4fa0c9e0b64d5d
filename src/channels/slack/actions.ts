import type { ApprovalsDeps } from '../../approvals/deps.ts';
import { reviewRequest } from '../../approvals/review-request.ts';
import type { CountStranger } from '../../audit/stranger-failures.ts';
import { readBefore } from '../../audit/unavailable.ts';
import type { Caller } from '../../identity/caller.ts';
import { Refusal } from '../../refusal.ts';
import type { CallbackMeta, ChatAccount } from '../deps.ts';
import { linkChatAccount } from '../link-chat-account.ts';
import { linkedCaller } from '../linked-caller.ts';
import { unlinkChatAccount } from '../unlink-chat-account.ts';
import type { SlackAction } from './parse.ts';
import * as render from './render.ts';

export interface SlackActionDeps extends ApprovalsDeps {
  readonly publicUrl: URL;
  /** The workspaces whose accounts can stand for people; an account of any other is nobody's. */
  readonly teamIds: readonly string[];
  readonly countStranger: CountStranger;
  /** Records that a known person was denied something. */
  readonly recordDenial: (caller: Caller, operation: string, target: string, error: Refusal) => Promise<void>;
}

/**
 * Does what somebody asked for in Slack, through the same use cases as everywhere, and says in plain text what came of it.
 * Refusals become text; faults are thrown, and so is the refusal that says that nothing could be written.
 */
export async function act(deps: SlackActionDeps, action: SlackAction, meta: CallbackMeta): Promise<string> {
  if ('account' in action && !deps.teamIds.includes(action.account.workspace)) {
    deps.countStranger('slack_workspace', meta.address ?? 'slack');
    return render.howToLink(deps.publicUrl);
  }
  switch (action.kind) {
    case 'help':
      return render.help;
    case 'link':
      return link(deps, action, meta);
    case 'unlink':
      return asPerson(deps, action.account, meta, async (caller) => {
        await unlinkChatAccount(deps, caller, action.account);
        return render.unlinked;
      });
    case 'review':
      return asPerson(deps, action.account, meta, (caller) => review(deps, caller, action));
    case 'unknown':
    default:
      return render.notUnderstood;
  }
}

async function asPerson(
  deps: SlackActionDeps,
  account: ChatAccount,
  meta: CallbackMeta,
  body: (caller: Caller) => Promise<string>,
): Promise<string> {
  const found = await readBefore(linkedCaller(deps.db, account, meta));
  if (found.kind === 'person') return body(found.caller);
  deps.countStranger(`slack_${found.kind}`, meta.address ?? 'slack');
  return found.kind === 'unlinked' ? render.howToLink(deps.publicUrl) : render.inactive;
}

async function link(
  deps: SlackActionDeps,
  action: SlackAction & { readonly kind: 'link' },
  meta: CallbackMeta,
): Promise<string> {
  try {
    await linkChatAccount(deps, { account: action.account, code: action.code, meta });
    return render.linked;
  } catch (error) {
    if (!isAnswer(error)) throw error;
    deps.countStranger('slack_link', meta.address ?? 'slack');
    return error.message;
  }
}

async function review(
  deps: SlackActionDeps,
  caller: Caller,
  action: SlackAction & { readonly kind: 'review' },
): Promise<string> {
  const { request, decision, digest } = action;
  try {
    const view = await reviewRequest(deps, caller, { id: request, decision, digest });
    return render.reviewed(view, decision);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    await deps.recordDenial(caller, 'slackCallback', request, error);
    return render.refused(error, request, deps.publicUrl);
  }
}

// When nothing could be recorded nothing was decided: the same callback may be sent again.
function isAnswer(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code !== 'audit_unavailable';
}
