import { Secret } from '../../../src/keys/secret.ts';
import { type Claim, fails, holds, unclear } from '../claim.ts';

const source = 'IAM User Guide, "Enable custom identity broker access to the AWS console"';

export const signinToken: Claim = {
  id: 'console.token',
  says: 'The federation endpoint gives a sign-in token to a session of a role that a role has assumed, with DurationSeconds given to AssumeRole.',
  source,
  how: 'A session is lent as for the console, and getSigninToken is asked by POST without SessionDuration. The token is thrown away.',
  needs: [],
  async look(site) {
    const { credentials } = await site.lend();
    const reply = await site.federation.getSigninToken(new Secret(credentials));
    if (reply.kind === 'token') return holds('A token was given.');
    const { code, kind } = reply.fault;
    return kind === 'refused' ? fails(`It was refused: ${code}.`) : unclear(`${code} (${kind})`);
  },
};

export const noSessionDuration: Claim = {
  id: 'console.session-duration',
  says: 'With SessionDuration such a session is refused, which is why Daypass leaves it out.',
  source,
  how: 'The same, with SessionDuration=3600.',
  needs: [],
  async look(site) {
    const { accessKeyId, secretAccessKey, sessionToken } = (await site.lend()).credentials;
    const session = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
    const response = await fetch(site.signinEndpoint, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.any([site.signal, AbortSignal.timeout(10_000)]),
      body: new URLSearchParams({
        Action: 'getSigninToken',
        SessionDuration: '3600',
        Session: JSON.stringify(session),
      }),
    });
    await response.body?.cancel();
    if (response.ok) return fails('A token was given.');
    return response.status < 500
      ? holds(`It was refused: HTTP ${response.status}.`)
      : unclear(`HTTP ${response.status}`);
  },
};
