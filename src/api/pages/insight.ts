import type { EntitlementInsight, InsightView } from '../../approvals/get-insight.ts';
import { html, type Html } from './html.ts';
import { stateText } from './request-words.ts';
import { lengthText, timeText } from './time-text.ts';

/** What a request is to be judged by: what its requester did with the same, what it can do, and what would be less. */
export function insightSection({ entitlements }: InsightView): Html {
  return html`<section><h2>Before you answer</h2><ul class="cards">${entitlements.map(item)}</ul></section>`;
}

function item(insight: EntitlementInsight): Html {
  const { lastUsedAt, typicalUseSeconds, asked, denied, lastGrants, actions, limits, narrower } = insight;
  return html`<li><h3>${insight.id}</h3><dl>
<dt>Used before</dt><dd>${lastUsedAt === null ? 'Never, as far as Daypass sees' : html`Last ${timeText(lastUsedAt)}`}${typicalUseSeconds === null ? null : `; typically for ${lengthText(typicalUseSeconds)}`}</dd>
<dt>Asked in 90 days</dt><dd>${asked === 1 ? 'once' : `${asked} times`} before, ${denied} denied</dd>
${lastGrants.length === 0 ? null : html`<dt>Last grants</dt><dd><ul>${lastGrants.map(pastGrant)}</ul></dd>`}
<dt>It can</dt><dd>${actions === null ? 'the catalog does not say what' : html`<code>${actions.join(' ')}</code>`}${limits.map((limit) => html`<br>${limit}`)}</dd>
${narrower.length === 0 ? null : html`<dt>Less would be</dt><dd><ul>${narrower.map(less)}</ul></dd>`}
</dl></li>`;
}

function pastGrant({
  state,
  startsAt,
  used,
  sessions,
  usedSeconds,
}: EntitlementInsight['lastGrants'][number]): Html {
  const use =
    used === null
      ? 'used at the portal, which Daypass does not see'
      : used
        ? `${sessions} ${sessions === 1 ? 'session' : 'sessions'} in ${lengthText(usedSeconds ?? 0)}`
        : 'not used';
  return html`<li>${timeText(startsAt)}: ${use} ${stateText(state)}</li>`;
}

function less({ id, choice, description, maxDurationSeconds }: EntitlementInsight['narrower'][number]): Html {
  return html`<li><strong>${choice === null ? id : `${id}:${choice}`}</strong>: ${description}, for up to ${lengthText(maxDurationSeconds)}</li>`;
}
