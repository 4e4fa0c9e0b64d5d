import { createHash } from 'node:crypto';
import { METHODS, type SignInMethod } from './methods.ts';
import type { DevUser } from './users.ts';

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
fieldset{border:1px solid #767676;border-radius:.4rem;margin:0 0 1rem;padding:.5rem 1rem}
legend{font-weight:600}
button{font:inherit;padding:.4rem .8rem;margin:.2rem .4rem .2rem 0;cursor:pointer}
[role=status]{border-left:.3rem solid #0b57d0;padding:.5rem 1rem;background:#eef3fc}`;

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
<meta name="viewport" content="width=device-width">
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
