import { formatDuration } from '../duration.ts';
import { ownVersion } from '../version.ts';
import type { LocalFinding } from './finding.ts';
import { type Probe, probe } from './probe.ts';

// A one-time code is for 30 seconds (RFC 6238); AWS takes signatures of the last 5 minutes (AWS, Signature Version 4).
const skewWarningSeconds = 30;
const skewErrorSeconds = 240;
const contractVersion = '1';

/** This command, and what it runs on. */
export function checkCommand(): LocalFinding {
  return {
    check: 'command',
    level: 'ok',
    message: `daypass ${ownVersion()} on Node ${process.versions.node}, ${process.platform}.`,
  };
}

/** Is the server there, ready, of this contract, and does it have the same time as this machine? */
export async function checkServer(url: string, now: () => Date): Promise<LocalFinding[]> {
  const health = await probe(url, '/healthz', now);
  if (typeof health === 'string') {
    return [
      { check: 'server', level: 'error', message: `${url} ${health}: check the address and the network.` },
    ];
  }
  if (health.status !== 200 || !isHealth(health.text)) {
    const message = `${url} answered ${health.status} with something that is not Daypass's: is the address right?`;
    return [{ check: 'server', level: 'error', message }];
  }
  const milliseconds = Math.max(0, health.receivedAt - health.sentAt);
  return [
    { check: 'server', level: 'ok', message: `${url} answers, after ${milliseconds} ms.` },
    checkClock(health),
    await checkReady(url, now),
    await checkContract(url, now),
  ];
}

function checkClock({ serverTime, sentAt, receivedAt }: Probe): LocalFinding {
  if (serverTime === null)
    return { check: 'clock', level: 'unknown', message: 'The server does not say what time it has.' };
  // Whole seconds are told: on average the true time is half a second later.
  const ahead = Math.round(((sentAt + receivedAt) / 2 - (serverTime + 500)) / 1000);
  const off = Math.abs(ahead);
  if (off <= skewWarningSeconds)
    return { check: 'clock', level: 'ok', message: 'This machine and the server have the same time.' };
  return {
    check: 'clock',
    level: off > skewErrorSeconds ? 'error' : 'warning',
    message: `This machine's clock is ${formatDuration(off)} ${ahead > 0 ? 'ahead of' : 'behind'} the server's: set it by a time server; AWS and one-time codes go by it.`,
  };
}

async function checkReady(url: string, now: () => Date): Promise<LocalFinding> {
  const answer = await probe(url, '/readyz', now);
  const missing = typeof answer === 'string' ? null : missingIn(answer);
  if (missing === null)
    return { check: 'ready', level: 'unknown', message: 'The server does not say whether it is ready.' };
  if (missing.length === 0)
    return { check: 'ready', level: 'ok', message: 'The server has all that it needs.' };
  const message = `The server lacks ${missing.join(', ')}: an operator must look at its log.`;
  return { check: 'ready', level: 'error', message };
}

async function checkContract(url: string, now: () => Date): Promise<LocalFinding> {
  const answer = await probe(url, '/openapi.yaml', now);
  const version =
    typeof answer === 'string' ? undefined : /^ {2}version: "?([^"\n]+)"?$/m.exec(answer.text)?.[1];
  if (version === undefined)
    return { check: 'contract', level: 'unknown', message: 'The server does not say which contract it has.' };
  if (version === contractVersion)
    return {
      check: 'contract',
      level: 'ok',
      message: `Server and command speak version ${version} of the API.`,
    };
  const message = `The server speaks version ${version} of the API and this command ${contractVersion}: install the command that fits the server.`;
  return { check: 'contract', level: 'error', message };
}

function isHealth(text: string): boolean {
  return field(text, 'status') === 'ok';
}

function missingIn({ text }: Probe): string[] | null {
  const missing = field(text, 'missing');
  return Array.isArray(missing) ? missing.filter((part) => typeof part === 'string') : null;
}

function field(json: string, name: string): unknown {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)[name]
      : undefined;
  } catch {
    return undefined;
  }
}
