import type { FastifyReply } from 'fastify';
import { formToken } from '../../identity/form-token.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { html, type Html } from './html.ts';
import { personText } from './request-words.ts';

export interface Page {
  readonly title: string;
  /** The name of the tab and of the entry in the history, where it is not the title. */
  readonly tabTitle?: string;
  readonly body: Html;
  /** Where the browser goes on by itself, at once. */
  readonly goOnTo?: string;
}

/**
 * Sends a whole page. Pages are about one person, so nothing keeps a copy. Their address is told to nobody else: under
 * `no-referrer`, which everything else says, browsers would hide from us too where a form came from (Origin: null, Fetch 3.2).
 */
export function sendPage(
  deps: ApiDeps,
  reply: FastifyReply,
  caller: Caller | null,
  page: Page,
): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .send(document(deps, caller, page).markup);
}

/** The hidden field without which no form is accepted. */
export function tokenField(deps: ApiDeps, caller: Caller): Html {
  return html`<input type="hidden" name="${formTokenField}" value="${formToken(deps.masterKey, caller.signInId)}">`;
}

function document(deps: ApiDeps, caller: Caller | null, page: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${page.goOnTo === undefined ? null : html`<meta http-equiv="refresh" content="0; url=${page.goOnTo}">`}
<title>${page.tabTitle ?? page.title} · Daypass</title>
<link rel="stylesheet" href="/assets/daypass.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a class="brand" href="/">Daypass</a>
${caller === null ? null : navigation(deps, caller)}
</header>
<main id="main">
<h1>${page.title}</h1>
${page.body}
</main>
</body>
</html>
`;
}

function navigation(deps: ApiDeps, caller: Caller): Html {
  return html`<nav aria-label="Main"><ul>
<li><a href="/requests/new">Ask for access</a></li>
${deps.config.totpEnabled ? html`<li><a href="/factors">One-time codes</a></li>` : null}
</ul></nav>
<form class="who" method="post" action="/logout">${tokenField(deps, caller)}
${personText({ id: caller.personId, name: caller.name })} <button class="plain">Sign out</button></form>`;
}
