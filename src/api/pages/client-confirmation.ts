import type { FastifyReply } from 'fastify';
import { contentPolicy } from '../content-policy.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { html } from './html.ts';
import { sendPage } from './layout.ts';

/** What a person is asked before a command-line client is signed in. */
export interface ClientQuestion {
  readonly name: string;
  readonly formToken: string;
  /** Where the command waits: a loopback address. */
  readonly redirectUri: string;
}

/** Asks whether the command on this computer may be signed in. The answer leads to the command's own address. */
export function renderClientQuestion(deps: ApiDeps) {
  return (reply: FastifyReply, { name, formToken, redirectUri }: ClientQuestion): FastifyReply => {
    const { host, hostname } = new URL(redirectUri);
    // Content Security Policy has no way to write an IPv6 address (CSP 3, 2.3.1).
    const target = hostname.startsWith('[') ? 'http:' : `http://${host}`;
    reply.helmet({ contentSecurityPolicy: { useDefaults: false, directives: contentPolicy([target]) } });
    return sendPage(deps, reply, null, {
      title: `Sign in the daypass command on this computer as ${name}?`,
      tabTitle: 'Sign in the daypass command',
      body: html`<p>A program on this computer, at ${host}, asks to act as you. Continue only if you have just run <code>daypass</code> in a terminal yourself.</p>
<form method="post" action="/oauth/confirm"><input type="hidden" name="${formTokenField}" value="${formToken}">
<p class="buttons"><button name="answer" value="continue" autofocus>Continue</button> <button class="plain" name="answer" value="cancel">Cancel</button></p></form>`,
    });
  };
}
