import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createAwsClients } from '../src/aws/clients.ts';
import { claims } from './verify-aws/claims.ts';
import { connectTo } from './verify-aws/connect.ts';
import { withClaims } from './verify-aws/document.ts';
import { confirmAccount } from './verify-aws/gate.ts';
import { readOptions, usage, UsageError, type VerifyOptions } from './verify-aws/options.ts';
import { allWell, json, markdown, type Result, table } from './verify-aws/report.ts';
import { verify } from './verify-aws/run.ts';

// `npm run verify:aws`: looks, on a real account, at everything that Daypass says about AWS. See docs/verify-aws.md.
// Exit codes: 0 all that was looked at holds · 1 something does not · 2 nothing was done · 130 broken off.
//   --document    brings the list of claims in docs/verify-aws.md up to date, and does nothing else

const document = new URL('../docs/verify-aws.md', import.meta.url);

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === '--document') {
    await writeFile(document, withClaims(await readFile(document, 'utf8')));
    return 0;
  }
  const options = readOptions(args);
  if (options === 'list') {
    for (const { id, says } of claims) process.stdout.write(`${id}  ${says}\n`);
    return 0;
  }
  await confirmAccount(options, process.stdin.isTTY ? question : null);
  return run(options);
}

async function run(options: VerifyOptions): Promise<number> {
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const stop = new AbortController();
  const breakOff = (): void => {
    if (!stop.signal.aborted) process.stderr.write('\nBreaking off: everything is put back first.\n');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, breakOff);
  const clients = createAwsClients({
    region,
    denyWriterRole: options.denyWriterRole,
    inspectorRole: options.inspectorRole,
  });
  try {
    const report = await verify(options, {
      clients,
      ...connectTo({ region, portalProfile: options.portalProfile }),
      region,
      signinEndpoint: new URL(
        process.env['AWS_SIGNIN_ENDPOINT'] ?? 'https://signin.aws.amazon.com/federation',
      ),
      clock: () => new Date(),
      pause: async (milliseconds) => {
        await pause(milliseconds);
      },
      // AWS says seconds as a rule; the sessions that wait for it live for fifteen minutes.
      limitSeconds: 300,
      signal: stop.signal,
      keep: (text) => keep(options, text),
      say: progress,
    });
    process.stdout.write(options.json ? json(report) : `\n${table(report)}`);
    if (options.out !== null) await writeFile(options.out, markdown(report));
    if (report.broken) return 130;
    return allWell(report) ? 0 : 1;
  } finally {
    clients.close();
  }
}

function progress({ claim, verdict }: Result): void {
  process.stderr.write(`${verdict.kind.padEnd(7)}  ${claim.id}\n`);
}

/** In a folder that only this user can read. */
async function keep({ account, boundaryPolicy }: VerifyOptions, text: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-verify-aws-'));
  const file = join(folder, `${boundaryPolicy}-${account}.json`);
  await writeFile(file, text, { mode: 0o600 });
  process.stderr.write(`The boundary policy as it is now is kept in ${file} until it is put back.\n`);
  return () => rm(folder, { recursive: true });
}

async function question(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(text);
  } finally {
    terminal.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`verify:aws: ${reason}\n${error instanceof UsageError ? `\n${usage}` : ''}`);
  process.exitCode = 2;
}
