import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { roleChainingSeconds } from '../../../src/broker/clip.ts';
import type { SessionNames } from '../../../src/broker/session-tags.ts';
import { allHold, type Claim, fails, holds, skipped } from '../claim.ts';
import { NotLentError } from '../lend.ts';

export const chainingLimit: Claim = {
  id: 'sessions.chaining',
  says: `A role that assumes a role gets ${roleChainingSeconds} s at most, whatever the role allows.`,
  source: 'IAM User Guide, "Methods to assume a role", role chaining',
  how: 'Sessions of 3,600 s and of 3,601 s are asked for, of a role whose MaxSessionDuration is longer.',
  needs: [],
  async look(site) {
    const role = await site.inspector.role(site.options.targetRole);
    if (role === null || role.maxSessionSeconds <= roleChainingSeconds) {
      return skipped(
        `the MaxSessionDuration of ${site.options.targetRole} is ${role?.maxSessionSeconds ?? 'not known'} s: name a role with a longer one`,
      );
    }
    await site.lend({ durationSeconds: roleChainingSeconds });
    try {
      await site.lend({ durationSeconds: roleChainingSeconds + 1 });
    } catch (error) {
      if (error instanceof NotLentError && error.fault.kind === 'refused') {
        return holds(`3,600 s were given, 3,601 s refused with ${error.fault.code}.`);
      }
      throw error;
    }
    return fails('3,601 s were given.');
  },
};

export const sessionName: Claim = {
  id: 'sessions.name',
  says: 'GetCallerIdentity, and so CloudTrail, shows the session’s id as the role session name, in the account and role that were asked for.',
  source: 'IAM User Guide, "IAM identifiers"; AWS STS API reference, GetCallerIdentity',
  how: 'A session asks who it is.',
  needs: [],
  async look(site) {
    const lent = await site.lend();
    const { sts } = site.session(lent.credentials);
    const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
    return allHold(
      'Account, role and session name are those asked for.',
      Arn === lent.assumedArn && Account === site.options.account ? [] : [`it is ${Arn} of ${Account}`],
    );
  },
};

export const sessionTags: Claim = {
  id: 'sessions.marks',
  says: 'A session carries its six tags and the person’s id as source identity, and policies can tell them by.',
  source:
    'IAM User Guide, "Pass session tags in AWS STS"; "Monitor and control actions taken with assumed roles"',
  how: 'A session is denied everything unless all seven are as they should be, and works; then one of them is expected otherwise, each in its turn, and it is denied.',
  needs: [],
  async look(site) {
    const faults: string[] = [];
    const keys = Object.keys(marksOf((await site.lend()).names));
    const listed = async (wrong: string | null) => {
      const lent = await site.lend({ policy: (names) => onlyWith(marksOf(names), wrong) });
      if (lent.sizes?.sourceIdentity !== lent.names.sourceIdentity)
        faults.push('STS answered another source identity');
      return site.session(lent.credentials).listBuckets.ask();
    };
    const right = await listed(null);
    if (right.kind !== 'allowed') return fails(`With all of them as promised: ${right.text}`);
    for (const key of keys) {
      const answer = await listed(key);
      if (answer.kind !== 'denied') faults.push(`${key} is not what a policy sees`);
    }
    return allHold(`All are as promised: ${keys.join(', ')}.`, [...new Set(faults)]);
  },
};

function marksOf({ tags, sourceIdentity }: SessionNames): Record<string, string> {
  return {
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:PrincipalTag/${key}`, value])),
    'aws:SourceIdentity': sourceIdentity,
  };
}

/** Denies everything unless each key has its value. @param wrong the key of which another value is expected */
function onlyWith(marks: Readonly<Record<string, string>>, wrong: string | null): string {
  const denies = Object.entries(marks).map(([key, value]) => ({
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { StringNotEquals: { [key]: key === wrong ? `${value}x` : value } },
  }));
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [allow, ...denies] });
}

export const externalId: Claim = {
  id: 'sessions.external-id',
  says: 'A role whose trust policy asks for an external id is refused without it and with another (AccessDenied), and lent with it.',
  source: 'IAM User Guide, "Access to AWS accounts owned by third parties"',
  how: 'The role named by --external-id-role is asked for in all three ways.',
  needs: ['external-id-role'],
  async look(site) {
    const { externalId } = site.options;
    if (externalId === null) throw new Error('looked at without its options');
    const { names, policy } = await site.lend();
    const ask = async (id: string | null) => {
      const roleArn = `arn:aws:iam::${site.options.account}:role/${externalId.role}`;
      const reply = await site.assumeRole({
        ...names,
        roleArn,
        policy,
        durationSeconds: 900,
        externalId: id,
      });
      return reply.kind === 'issued' ? 'lent' : reply.fault.code;
    };
    const found = [await ask(externalId.id), await ask(null), await ask(`${externalId.id}-other`)];
    return allHold(
      'Lent with it, AccessDenied otherwise.',
      JSON.stringify(found) === JSON.stringify(['lent', 'AccessDenied', 'AccessDenied'])
        ? []
        : [`with it: ${found[0]}, without: ${found[1]}, with another: ${found[2]}`],
    );
  },
};
