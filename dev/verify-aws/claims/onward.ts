import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { allHold, type Claim, fails, unclear } from '../claim.ts';
import type { Lent } from '../lend.ts';
import { settle } from '../probe.ts';
import type { Session } from '../session.ts';
import type { Site } from '../site.ts';
import { deniedRole } from './early-end.ts';

async function goOn(site: Site, lent: Lent): Promise<Session | string> {
  const from = site.session(lent.credentials);
  let gone: Session | null = null;
  const answer = await from.ask(async (abortSignal) => {
    const { Credentials: given } = await from.sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${site.options.account}:role/${site.options.onwardRole ?? ''}`,
        RoleSessionName: 'daypass-verify',
        DurationSeconds: 900,
      }),
      { abortSignal },
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) return;
    gone = site.session({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
  });
  return gone ?? answer.text;
}

export const onwardDenied: Claim = {
  id: 'onward.denied',
  says: 'Where going on is allowed, the grant’s tags go along, and the deny of the grant also hits the role that was gone on to, if that has the boundary.',
  source: 'IAM User Guide, "Pass session tags in AWS STS": chaining roles with session tags',
  how: 'A session with allowOnward assumes the role that --onward-role names, and the grant is denied; one without allowOnward is refused.',
  needs: ['onward-role'],
  async look(site) {
    const lent = await site.lend({ allowOnward: true });
    const onward = await goOn(site, lent);
    if (typeof onward === 'string') return unclear(`The role could not be assumed: ${onward}`);
    const first = await Promise.all(onward.probes.map((probe) => probe.ask()));
    const bad = first.find(({ kind }) => kind !== 'allowed');
    if (bad !== undefined) return unclear(`A call that the role must allow was not allowed: ${bad.text}`);
    const guarded = await goOn(site, await site.lend());
    if (typeof guarded !== 'string') return fails('A session without allowOnward went on, too.');
    await site.boundary.put(site.boundary.withDenied([deniedRole(site, lent)]));
    const gone = await settle(onward.probes, 'denied', site.patience);
    await site.boundary.put(site.boundary.original);
    return allHold(
      'The session of the other role was denied with the grant.',
      gone.seconds === null ? ['the session of the other role was not denied in time'] : [],
      { 'in force after, seconds': gone.seconds === null ? [] : [gone.seconds] },
    );
  },
};
