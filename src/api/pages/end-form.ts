import type { GrantView } from '../../broker/view.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { html, type Html } from './html.ts';
import { tokenField } from './layout.ts';

/** The button that ends a grant, for those who may. */
export function endForm(
  deps: ApiDeps,
  caller: Caller,
  grant: Pick<GrantView, 'id' | 'entitlement' | 'mayEnd'>,
): Html | null {
  if (!grant.mayEnd) return null;
  return html`<form method="post" action="/grants/${grant.id}/end">${tokenField(deps, caller)}
<button class="danger" aria-label="End now: ${grant.entitlement}">End now</button></form>`;
}
