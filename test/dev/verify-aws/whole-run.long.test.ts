import { describe, expect, it } from 'vitest';
import { claims } from '../../../dev/verify-aws/claims.ts';
import { allWell, json, markdown, table } from '../../../dev/verify-aws/report.ts';
import { fullWorld, options, runAgainst, verdictsOf, VPCE } from './verify-under-test.ts';

describe('a run on an account that is as Daypass says', () => {
  it('finds every claim to hold, measures the time, and leaves the account as it was', async () => {
    const { world, everything } = fullWorld();
    const { report, aws, before, after, kept } = await runAgainst({ world, options: options(...everything) });
    const wanted = claims.map(({ id }) => [id, id === 'conditions.vpc-endpoint' ? 'skipped' : 'holds']);
    const bad = report.results.filter(({ verdict }) => verdict.kind !== 'holds');
    expect(bad.map(({ claim, verdict }) => `${claim.id}: ${verdict.seen}`)).toEqual([
      'conditions.vpc-endpoint: not looked at without --vpc-endpoint',
    ]);
    expect(verdictsOf(report)).toEqual(Object.fromEntries(wanted));
    expect(allWell(report)).toBe(true);
    const figures = report.results.find(({ claim }) => claim.id === 'early-end.denied')?.verdict.measured;
    expect(figures?.['in force after, seconds']).toHaveLength(3);
    expect(figures?.['in force after, seconds']?.every((seconds) => seconds >= 2.5 && seconds <= 4)).toBe(
      true,
    );
    expect(after).toBe(before);
    expect(report.left).toEqual([]);
    expect(JSON.stringify(JSON.parse(kept.text))).toBe(before);
    expect(kept.forgotten).toBe(true);
    expect(aws.world.identityCenter.assignments).toEqual([]);
    const written = aws.log.filter(({ service, action }) => {
      return service === 'iam' && !/^(Get|List)/.test(action);
    });
    expect(
      new Set(written.filter(({ errorCode }) => errorCode === null).map(({ caller }) => caller)),
    ).toEqual(new Set(['arn:aws:sts::111122223333:assumed-role/daypass-deny-writer/daypass-deny-writer']));
  });

  it('skips what needs an option, with the option’s name, and holds by the rest', async () => {
    const { report, verdicts } = await runAgainst({ options: options() });
    const skipped = report.results.filter(({ verdict }) => verdict.kind === 'skipped');
    expect(skipped.map(({ claim }) => claim.id)).toEqual(
      claims.filter(({ needs }) => needs.length > 0).map(({ id }) => id),
    );
    expect(skipped.every(({ verdict }) => verdict.seen.includes('--'))).toBe(true);
    expect(Object.values(verdicts)).not.toContain('fails');
    expect(allWell(report)).toBe(true);
  });

  it('sees the VPC endpoint that it goes through, and that there is no address then', async () => {
    const { verdicts } = await runAgainst({
      options: options('--only', 'conditions.addresses,conditions.vpc-endpoint', '--vpc-endpoint', VPCE),
    });
    expect(verdicts).toEqual({ 'conditions.addresses': 'holds', 'conditions.vpc-endpoint': 'holds' });
  });

  it('shows the same in all three forms of the report, and no secret in any', async () => {
    const { report, aws } = await runAgainst({ options: options('--only', 'sessions.name,conditions.tls') });
    const forms = [table(report), json(report), markdown(report)];
    for (const form of forms) {
      expect(form).toContain('sessions.name');
      expect(form).toContain('holds');
      expect(form).toContain('skipped');
      expect(form).toContain('not looked at without --plain-http');
      for (const { issuedAccessKeyId } of aws.log)
        if (issuedAccessKeyId) expect(form).not.toContain(issuedAccessKeyId);
    }
    expect(JSON.parse(forms[1] ?? '')).toMatchObject({ account: '111122223333', holds: true, broken: false });
    expect(forms[2]).toContain(`# AWS, looked at on ${report.startedAt.slice(0, 10)}`);
  });

  it('is not well when nothing was looked at', async () => {
    const { report } = await runAgainst({ options: options('--only', 'conditions.tls') });
    expect(allWell(report)).toBe(false);
  });
});
