import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Aws, startAws } from '../../../dev/aws/aws.ts';
import { demoWorld } from '../../../dev/aws/world.ts';
import { childEnvironment } from '../../../dev/child-environment.ts';
import { claimsMarkdown, withClaims } from '../../../dev/verify-aws/document.ts';
import { claims } from '../../../dev/verify-aws/claims.ts';
import { ACCOUNT, BOUNDARY, BROKER_ROLE, named } from './verify-under-test.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'verify-aws-test-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function awsForCommand(propagationSeconds = 0): Promise<Aws> {
  const aws = await startAws({ world: demoWorld(), propagationSeconds });
  onTestFinished(() => aws.stop());
  return aws;
}

/** The command as an operator runs it, with the standard variables of the SDK. */
function command(aws: Aws, args: readonly string[], temporary: string) {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.issueBrokerCredentials();
  const child = spawn(process.execPath, ['dev/verify-aws.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...childEnvironment(),
      TMPDIR: temporary,
      AWS_REGION: aws.world.region,
      AWS_ENDPOINT_URL_STS: aws.endpoint,
      AWS_ENDPOINT_URL_IAM: aws.endpoint,
      AWS_ENDPOINT_URL_S3: aws.endpoint,
      AWS_SIGNIN_ENDPOINT: aws.signinEndpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

const isDenied = (aws: Aws): boolean =>
  JSON.stringify(aws.world.accounts[1]?.managedPolicies[BOUNDARY]).includes('DaypassEnded');

describe('npm run verify:aws', () => {
  it('says that all holds with 0, and writes the report that was asked for', async () => {
    const aws = await awsForCommand();
    const temporary = await folder();
    const out = join(temporary, 'report.md');
    const args = [...named, '--only', 'sessions.name,boundary.read-back,console', '--json', '--out', out];
    const { code, stdout, stderr } = await command(aws, args, temporary).ended;
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as { holds: boolean; results: { id: string; verdict: string }[] };
    expect(report.holds).toBe(true);
    expect(report.results.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'sessions.name holds',
      'boundary.read-back holds',
      'console.token holds',
      'console.session-duration holds',
    ]);
    const written = await readFile(out, 'utf8');
    expect(written).toMatch(/^# AWS, looked at on \d{4}-\d\d-\d\d\n/);
    expect(written).toContain('| boundary.read-back |');
    // The copy of the boundary is gone with the need for it.
    expect(await readdir(temporary)).toEqual(['report.md']);
  });

  it('says that something does not hold with 1', async () => {
    const aws = await awsForCommand();
    for (const role of aws.world.accounts[1]?.roles ?? []) delete role.permissionsBoundaryArn;
    const { code, stdout } = await command(aws, [...named, '--only', 'boundary.entities'], await folder())
      .ended;
    expect(stdout).toMatch(/^fails +boundary\.entities/m);
    expect(code).toBe(1);
  });

  it('puts the boundary back on SIGINT, and ends with 130', async () => {
    // The deny never gets to be in force, so the command goes on asking.
    const aws = await awsForCommand(3_600);
    const temporary = await folder();
    const before = JSON.stringify(aws.world.accounts[1]?.managedPolicies[BOUNDARY]);
    const { child, ended } = command(aws, [...named, '--only', 'early-end'], temporary);
    await vi.waitFor(() => expect(isDenied(aws)).toBe(true), { timeout: 45_000, interval: 20 });
    expect(await readdir(temporary)).toHaveLength(1);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toContain('Breaking off');
    expect(code).toBe(130);
    expect(JSON.stringify(aws.world.accounts[1]?.managedPolicies[BOUNDARY])).toBe(before);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('does nothing, and ends with 2, where the account is not named again or the credentials are of another', async () => {
    const aws = await awsForCommand();
    const temporary = await folder();
    const once = ['--account', ACCOUNT, '--broker-role', BROKER_ROLE];
    const unnamed = await command(aws, once, temporary).ended;
    expect(unnamed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--yes-this-account ${ACCOUNT}`),
    });
    expect(aws.log).toEqual([]);
    const other = [...named.slice(0, -1), BROKER_ROLE.replace('broker', 'other')];
    const refused = await command(aws, other, temporary).ended;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was done') });
    expect(aws.log.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
  });
});

describe('the list of claims', () => {
  it('has ids of its own for all, and stands in docs/verify-aws.md as it is', async () => {
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
    const text = await readFile(join(root, 'docs/verify-aws.md'), 'utf8');
    expect(text, 'run `node dev/verify-aws.ts --document`').toBe(withClaims(text));
    const rows = claimsMarkdown()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(claims.length);
    expect(rows.every((row) => row.endsWith('| unproven: not run on a real account yet |'))).toBe(true);
  });
});
