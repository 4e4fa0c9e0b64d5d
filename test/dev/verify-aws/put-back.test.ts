import { describe, expect, it } from 'vitest';
import type { Aws } from '../../../dev/aws/aws.ts';
import { RefusedError, checkCaller, confirmAccount } from '../../../dev/verify-aws/gate.ts';
import { readOptions, UsageError } from '../../../dev/verify-aws/options.ts';
import { allWell } from '../../../dev/verify-aws/report.ts';
import { demoWorld, type World } from '../../../dev/aws/world.ts';
import {
  ACCOUNT,
  BOUNDARY,
  BROKER_ROLE,
  fullWorld,
  named,
  options,
  runAgainst,
} from './verify-under-test.ts';

function boundaryOf(world: World): { Statement: unknown[] } {
  return world.accounts[1]?.managedPolicies[BOUNDARY] as unknown as { Statement: unknown[] };
}

const isDenied = (world: World) => JSON.stringify(boundaryOf(world)).includes('DaypassEnded');

describe('what was changed', () => {
  it('is put back when the run is broken off while a deny is in force', async () => {
    const { world, everything } = fullWorld();
    const stop = new AbortController();
    const { report, before, after, kept } = await runAgainst({
      world,
      options: options('--only', 'identity-center.create,early-end', ...everything),
      signal: stop.signal,
      onPause: () => {
        if (isDenied(world)) stop.abort();
      },
    });
    expect(report.broken).toBe(true);
    expect(after).toBe(before);
    expect(report.left).toEqual([]);
    expect(kept.forgotten).toBe(true);
    expect(world.identityCenter.assignments).toEqual([]);
    expect(allWell(report)).toBe(false);
  });

  it.each(['cut-after', 'throttle', 'server-error', 'twice'] as const)(
    'is put back when writes of the policy meet %s',
    async (kind) => {
      const world = demoWorld();
      let aws: Aws | null = null;
      let set = false;
      const { report, before, after } = await runAgainst({
        world,
        options: options('--only', 'early-end,boundary.read-back', '--rounds', '1'),
        begin: (started) => {
          aws = started.aws;
        },
        onPause: () => {
          if (!isDenied(world) || set) return;
          set = true;
          aws?.fault({ service: 'iam', action: 'CreatePolicyVersion', kind, times: 2 });
        },
      });
      expect(set).toBe(true);
      expect(after).toBe(before);
      expect(report.left).toEqual([]);
    },
  );

  it('is not written over when somebody else wrote meanwhile, and the report says so', async () => {
    const world = demoWorld();
    let wrote = false;
    const { report, kept } = await runAgainst({
      world,
      options: options('--only', 'early-end'),
      onPause: () => {
        if (!isDenied(world) || wrote) return;
        wrote = true;
        boundaryOf(world).Statement.push({ Sid: 'Theirs', Effect: 'Deny', Action: 'ec2:*', Resource: '*' });
      },
    });
    expect(wrote).toBe(true);
    expect(JSON.stringify(boundaryOf(world))).toContain('Theirs');
    expect(report.left).toEqual([expect.stringContaining('somebody else wrote the boundary policy')]);
    expect(kept.forgotten).toBe(false);
    expect(allWell(report)).toBe(false);
  });

  it('leaves the versions that were there, as long as there is room', async () => {
    const { aws } = await runAgainst({ options: options('--only', 'boundary', '--rounds', '1') });
    const deleted = aws.log.filter(
      ({ action, errorCode }) => action === 'DeletePolicyVersion' && errorCode === null,
    );
    const made = aws.log.filter(
      ({ action, errorCode }) => action === 'CreatePolicyVersion' && errorCode === null,
    );
    expect(made.length - deleted.length).toBe(1);
  });
});

describe('nothing is done', () => {
  it('to an account whose boundary holds denies of Daypass', async () => {
    const world = demoWorld();
    boundaryOf(world).Statement.push({
      Sid: 'DaypassEndedGrants',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': ['abcdefgh'] } },
    });
    const before = JSON.stringify(boundaryOf(world));
    await expect(runAgainst({ world, options: options() })).rejects.toThrow('holds denies of Daypass');
    expect(JSON.stringify(boundaryOf(world))).toBe(before);
  });

  it('with the credentials of another role, or of another account’s', async () => {
    for (const role of [
      BROKER_ROLE.replace('broker', 'other'),
      BROKER_ROLE.replace('999988887777', ACCOUNT),
    ]) {
      let calls: readonly { action: string }[] = [];
      const run = runAgainst({
        options: { ...options(), brokerRoleArn: role },
        begin: ({ aws }) => {
          calls = aws.log;
        },
      });
      await expect(run).rejects.toThrow(RefusedError);
      expect(calls.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
    }
  });

  it('with an identity that is not of a role', () => {
    const user = { account: '999988887777', arn: 'arn:aws:iam::999988887777:user/daypass-broker' };
    expect(() => checkCaller(user, BROKER_ROLE)).toThrow(RefusedError);
  });

  it('unless the account is named twice alike', async () => {
    const asked = { account: ACCOUNT, confirmed: null };
    await expect(confirmAccount(asked, null)).rejects.toThrow('--yes-this-account');
    await expect(confirmAccount({ ...asked, confirmed: '444455556666' }, null)).rejects.toThrow(RefusedError);
    await expect(confirmAccount(asked, async () => 'yes')).rejects.toThrow(RefusedError);
    await confirmAccount(asked, async () => ` ${ACCOUNT}\n`);
    await confirmAccount({ ...asked, confirmed: ACCOUNT }, null);
  });

  it.each([
    [[], '--account is missing'],
    [['--account', '12'], '--account must be'],
    [['--account', ACCOUNT], '--broker-role is missing'],
    [[...named, '--rounds', '0'], '--rounds must be'],
    [[...named, '--tag', 'team'], '--tag must be'],
    [[...named, '--external-id', 'x'], '--external-id-role is missing'],
    [[...named, '--unknown'], 'Unknown option'],
  ])('on a command line such as %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
