import type { FastifyReply } from 'fastify';
import type { Caller } from '../../identity/caller.ts';
import { notFound } from '../../refusal.ts';
import type { ApiDeps } from '../deps.ts';
import type { Problem } from '../problem.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';

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
  },
): FastifyReply {
  if (!deps.config.totpEnabled) throw notFound('factor');
  const back = html`${tokenField(deps, caller)}<input type="hidden" name="returnTo" value="${state.returnTo}">`;
  return sendPage(deps, reply, caller, {
    title: 'One-time codes',
    body: html`${state.problem === undefined ? null : html`<p class="problem" role="alert">${state.problem.detail}</p>`}
${state.note === undefined ? null : html`<p role="status">${state.note}</p>`}
${state.seed === undefined ? html`${verifySection(back)}${enrolSection(back)}` : confirmSection(back, state.seed)}`,
  });
}

function codeInput(id: string): Html {
  return html`<label for="${id}">Code from the app</label>
<input id="${id}" name="code" required inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6">`;
}

function verifySection(back: Html): Html {
  return html`<section><h2>Prove it is you</h2>
<form method="post" action="/factors/verify">${back}${codeInput('code')}
<p class="buttons"><button>Verify</button></p></form></section>`;
}

function enrolSection(back: Html): Html {
  return html`<section><h2>Set up an app</h2>
<p>Once, with an authenticator app. To replace a lost one, ask an operator.</p>
<form method="post" action="/factors/enrol">${back}<p class="buttons"><button class="plain">Set up</button></p></form></section>`;
}

function confirmSection(back: Html, seed: ShownSeed): Html {
  return html`<section><h2>Add Daypass to your app</h2>
<p>This is shown once. <a href="${seed.otpauthUri}">Open in the app</a>, or type it in by hand:</p>
<p><code>${seed.secret}</code></p>
<p class="quiet"><code>${seed.otpauthUri}</code></p>
<form method="post" action="/factors/confirm">${back}${codeInput('code')}
<p class="buttons"><button>Confirm</button></p></form></section>`;
}
