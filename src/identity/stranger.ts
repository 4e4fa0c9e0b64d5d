import type { CallContext } from '../audit/event.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';

/** The context of a call by somebody who is not known yet. */
export function strangerContext(meta: CallMeta): CallContext {
  return { actor: { type: 'stranger', id: null }, address: meta.address, requestId: meta.requestId };
}

/** What strangers can fail at; counted by address and minute, never written one by one. */
export type StrangerFailure =
  | 'signin.no_attempt'
  | 'signin.refused'
  | 'oauth.bad_request'
  | 'oauth.invalid_grant';

export function countStrangerFailure(
  deps: Pick<IdentityDeps, 'countStranger'>,
  kind: StrangerFailure,
  meta: CallMeta,
): void {
  deps.countStranger(kind, meta.address ?? 'unknown');
}
