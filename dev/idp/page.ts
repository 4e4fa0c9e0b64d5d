import { createHash } from 'node:crypto';
import { METHODS, type SignInMethod } from './methods.ts';
import type { DevUser } from './users.ts';

const STYLE = `:root{color-scheme:light dark;--ground:#fff;--ink:#1a1a1a;--line:#767676;--card:#eef3fc;--main:#0b57d0}
@media (prefers-color-scheme:dark){:root{--ground:#16181d;--ink:#eceef1;--line:#868d98;--card:#202a3a;--main:#8ec1ff}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;color:var(--ink);background:var(--ground);overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}
fieldset{min-width:0;border:1px solid var(--line);border-radius:.5rem;margin:0 0 1rem;padding:.25rem 1rem .75rem}
fieldset p{margin:0 0 .5rem}
legend{font-weight:600}
button{font:inherit;min-height:2.75rem;padding:.4rem .9rem;margin:.2rem .4rem .2rem 0;border:1px solid var(--line);border-radius:.25rem;background:var(--card);color:var(--ink);text-align:start;cursor:pointer}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}
[role=status]{border-inline-start:.3rem solid var(--main);padding:.1rem 1rem;margin:0 0 1rem;background:var(--card)}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The Content-Security-Policy of the provider's own pages: nothing but this page's style and form.
 * Chromium applies form-action to every redirect that follows a form, so the applications it may end at are named too.
 */
export function pagePolicy(returnTo?: string): string {
  const origins = ['http://127.0.0.1:*', 'http://localhost:*'];
  if (returnTo !== undefined && URL.canParse(returnTo)) origins.push(new URL(returnTo).origin);
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self' ${origins.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</body>
</html>
`;
}

export type SignInPage = {
  users: readonly DevUser[];
  methods: readonly SignInMethod[];
  /** Why the page is shown, in sentences; empty at an ordinary first sign-in. */
  wanted: readonly string[];
  /** The one who is expected to sign in, by hint or by the session at hand. */
  expected: DevUser | undefined;
};

/** Renders the sign-in page: one form, and a button `choice` with the value `<user key>/<method>` for each way in. */
export function signInPage({ users, methods, wanted, expected }: SignInPage): string {
  const notices = wanted.map((sentence) => `<p>${escapeHtml(sentence)}</p>`);
  if (expected) notices.push(`<p>You are expected to sign in as ${escapeHtml(expected.name)}.</p>`);
  const status = notices.length > 0 ? `<div role="status">${notices.join('\n')}</div>` : '';
  const sorted = users.toSorted((a, b) => Number(b === expected) - Number(a === expected));
  const people = sorted.map((user) => {
    const groups = user.groups.length > 0 ? user.groups.join(', ') : 'none';
    const buttons = methods.map(
      (method) =>
        `<button name="choice" value="${escapeHtml(`${user.key}/${method}`)}">${escapeHtml(METHODS[method].label)}</button>`,
    );
    return `<fieldset>
<legend>${escapeHtml(user.name)}</legend>
<p>${escapeHtml(user.email)}, groups: ${escapeHtml(groups)}</p>
${buttons.join('\n')}
</fieldset>`;
  });
  return page(
    'Development sign-in',
    `<p>For development only: no password is asked for. Choose who you are and how strongly you prove it.</p>
${status}
<form method="post">
${people.join('\n')}
</form>`,
  );
}

/** Renders an error of the provider: its code and, if there is one, the description. */
export function errorPage(code: string, description?: string): string {
  return page(
    'Sign-in failed',
    `<p>${escapeHtml(description ?? 'The sign-in could not go on.')} (${escapeHtml(code)})</p>
<p>Go back to the application and start again.</p>`,
  );
}
