import type { FastifyReply } from 'fastify';
import type { Caller } from '../../identity/caller.ts';
import { notFound } from '../../refusal.ts';
import type { ApiDeps } from '../deps.ts';
import type { Problem } from '../problem.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';
import { problemText } from './problem-text.ts';

/** What an enrolment shows, once. */
export interface ShownSeed {
  readonly otpauthUri: string;
  readonly secret: string;
}

/** The page of one-time codes. Throws Refusal `not_found` where they are off. */
export function showFactors(
  deps: ApiDeps,
  caller: Caller,
  reply: FastifyReply,
  state: {
    readonly returnTo: string;
    readonly problem?: Problem;
    readonly seed?: ShownSeed;
    readonly note?: string;
    /** An app was given the secret and has not shown yet that it works. */
    readonly confirming?: boolean;
  },
): FastifyReply {
  if (!deps.config.totpEnabled) throw notFound('factor');
  const back = html`${tokenField(deps, caller)}<input type="hidden" name="returnTo" value="${state.returnTo}">`;
  return sendPage(deps, reply, caller, {
    title: 'One-time codes',
    ...(state.problem === undefined ? {} : { tabTitle: 'Not accepted: One-time codes' }),
    body: html`${state.problem === undefined ? null : problemText(state.problem)}
${state.note === undefined ? null : html`<p class="note" role="status">${state.note}</p>`}
${state.seed === undefined ? null : seedSection(state.seed)}
${state.seed === undefined && state.confirming !== true ? html`${verifySection(back)}${enrolSection(back)}` : confirmSection(back)}
${state.confirming === true ? enrolSection(back) : null}`,
  });
}

function codeInput(id: string): Html {
  return html`<label for="${id}">Code from the app</label>
<input id="${id}" name="code" required inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{3} ?[0-9]{3}" maxlength="7" title="Six digits">`;
}

function verifySection(back: Html): Html {
  return html`<section><h2>Prove it is you</h2>
<form method="post" action="/factors/verify">${back}${codeInput('code')}
<p class="buttons"><button>Verify</button></p></form></section>`;
}

function enrolSection(back: Html): Html {
  return html`<section><h2>Set up an app</h2>
<p>Once, with an authenticator app, soon after signing in. To replace a lost one, ask an operator.</p>
<form method="post" action="/factors/enrol">${back}<p class="buttons"><button class="plain">Set up</button></p></form></section>`;
}

function seedSection(seed: ShownSeed): Html {
  return html`<section><h2>Add Daypass to your app</h2>
<p>This is shown once. <a href="${seed.otpauthUri}">Open in the app</a>, or type it in by hand:</p>
<p><code class="secret">${seed.secret.match(/.{1,4}/g)?.join(' ') ?? ''}</code></p>
<details><summary>As a link, for apps that take one</summary><p><code>${seed.otpauthUri}</code></p></details></section>`;
}

function confirmSection(back: Html): Html {
  return html`<section><h2>Show that it works</h2>
<form method="post" action="/factors/confirm">${back}${codeInput('code')}
<p class="buttons"><button>Confirm</button></p></form></section>`;
}
