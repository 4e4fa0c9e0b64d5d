import { setTimeout as sleep } from 'node:timers/promises';
import type { Me, PreflightEntry, PreflightRun } from '../api.ts';
import { type Context, show } from '../context.ts';
import { facts } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { groupText, summaryText, worthReading } from '../doctor/entries.ts';
import type { LocalFinding } from '../doctor/finding.ts';
import { checkCommand, checkServer } from '../doctor/local.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { chooseServer } from '../settings/server-url.ts';

export interface DoctorOptions {
  readonly entitlement?: string;
  readonly fresh?: true;
}

interface Diagnosis {
  readonly findings: LocalFinding[];
  /** What the server saw in AWS; null for who is no operator. */
  entitlements: readonly PreflightEntry[] | null;
  exitCode: ExitCode;
}

const most = 10_000;
const patienceMs = 120_000;
const lookEveryMs = 1_000;

/**
 * Looks at everything between here and AWS: this machine, the server, the sign-in, and, for operators, what the server saw in AWS
 * of what its catalog offers. Exits with 0 when there is no error; 78 when something is set up wrongly, here or in AWS, 6 when
 * the server is not there, 4 when nobody is signed in.
 */
export async function doctor(context: Context, options: DoctorOptions): Promise<ExitCode> {
  const diagnosis: Diagnosis = { findings: [checkCommand()], entitlements: null, exitCode: exitCodes.done };
  await diagnose(context, options, diagnosis);
  show(context, { findings: diagnosis.findings, entitlements: diagnosis.entitlements }, () =>
    describe(diagnosis, context),
  );
  return diagnosis.exitCode;
}

async function diagnose(context: Context, options: DoctorOptions, diagnosis: Diagnosis): Promise<void> {
  const { findings } = diagnosis;
  const url = await orFinding(diagnosis, 'server', () => chooseServer(context));
  if (url === null) return;
  findings.push(...(await checkServer(url, () => context.now())));
  if (findings.some(({ check, level }) => check === 'server' && level === 'error')) {
    diagnosis.exitCode = exitCodes.unavailable;
    return;
  }
  if (findings.some(({ level }) => level === 'error')) diagnosis.exitCode = exitCodes.configuration;
  const client = await orFinding(diagnosis, 'sign-in', () => connect(context));
  if (client === null) return;
  const me = await orFinding(diagnosis, 'sign-in', () => client.call<Me>({ method: 'GET', path: '/v1/me' }));
  if (me === null) return;
  findings.push(signInFinding(me, context.now()));
  if (!me.roles.operator) {
    const message = 'What Daypass sees in AWS is for operators: ask one of them to run daypass doctor.';
    findings.push({ check: 'aws', level: 'info', message });
    return;
  }
  const entries = await orFinding(diagnosis, 'aws', () => readEntries(context, client, options));
  if (entries === null) return;
  diagnosis.entitlements = entries;
  if (entries.some(({ verdict }) => verdict === 'error') && diagnosis.exitCode === exitCodes.done)
    diagnosis.exitCode = exitCodes.configuration;
}

/** Runs a step; what stops it becomes a finding, and its exit code the command's unless there was one before. */
async function orFinding<T>(
  diagnosis: Diagnosis,
  check: LocalFinding['check'],
  step: () => Promise<T>,
): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    diagnosis.findings.push({ check, level: 'error', message: error.message });
    if (diagnosis.exitCode === exitCodes.done) diagnosis.exitCode = error.exitCode;
    return null;
  }
}

function signInFinding({ name, id, signIn, assurance }: Me, now: Date): LocalFinding {
  const ends = signIn.expiresAt === null ? '' : `, ends ${formatDistance(signIn.expiresAt, now)}`;
  return { check: 'sign-in', level: 'ok', message: `Signed in as ${name ?? id}, ${assurance.level}${ends}.` };
}

async function readEntries(
  context: Context,
  client: Client,
  { entitlement, fresh }: DoctorOptions,
): Promise<readonly PreflightEntry[]> {
  const read = async () =>
    (await readPages<PreflightEntry>(client, '/v1/preflight', { entitlement }, most)).items;
  if (fresh === undefined) return read();
  const { startedAt, finished } = await client.call<PreflightRun>({
    method: 'POST',
    path: '/v1/preflight/run',
    body: entitlement === undefined ? {} : { entitlement },
  });
  const until = context.now().getTime() + patienceMs;
  for (let done = finished; ; ) {
    const entries = await read();
    done ||= entries.every(({ checkedAt }) => checkedAt !== null && checkedAt >= startedAt);
    if (done) return entries;
    if (context.now().getTime() >= until) {
      context.terminal.err('daypass: the look at AWS goes on; this is what is known so far\n');
      return entries;
    }
    await sleep(lookEveryMs);
  }
}

function describe({ findings, entitlements }: Diagnosis, context: Context): string {
  const columns = context.terminal.outColumns;
  const local = facts(
    findings.map(({ check, level, message }) => [`${level} ${check}`, message] as const),
    columns,
  );
  if (entitlements === null) return local;
  const seen = facts(
    worthReading(entitlements).map((group) => [`${group.level} ${group.check}`, groupText(group)] as const),
    columns,
  );
  return `${local}\nAWS: ${summaryText(entitlements, context.now())}\n${seen}`;
}
