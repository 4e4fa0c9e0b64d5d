import { setDefaultCACertificates } from 'node:tls';
import type { Schedule } from '../../src/catalog/on-call.ts';
import { createEgress } from '../../src/egress/egress.ts';
import type { SignedCall } from '../../src/on-call/ask-webhook.ts';
import { createOnCall, type OnCallDeps } from '../../src/on-call/create.ts';
import type { ReadFile } from '../../src/on-call/read-file.ts';
import { authority, startHttps } from '../egress/servers.ts';

/** A calendar host that answers over https what `answer` says, and counts who asked. */
export async function startCalendarHost() {
  setDefaultCACertificates([authority]);
  const host = { answer: { status: 200, body: '', headers: {} as Record<string, string> }, asked: 0 };
  const server = await startHttps((_request, response) => {
    host.asked++;
    response.writeHead(host.answer.status, { 'content-type': 'text/calendar', ...host.answer.headers });
    response.end(host.answer.body);
  });
  return Object.assign(host, {
    url: `https://idp.test:${server.port}/on-call.ics`,
    stop: () => server.stop(),
  });
}

export function schedule(name: string, kind: Schedule['source']['kind'], location: string): Schedule {
  return {
    name,
    source: { kind, location },
    zone: 'Europe/Berlin',
    people: { 'alice@example.com': 'sub-alice', 'Bob Example': 'sub-bob' },
  };
}

interface Parts {
  readonly signedCall?: SignedCall | null;
  readonly readFile?: ReadFile;
  readonly times?: NonNullable<OnCallDeps['times']>;
}

/** The port with a clock that is moved by hand, and everything that it reported. */
export function makeOnCall(start: string, schedules: readonly Schedule[], parts: Parts = {}) {
  const world = { now: Date.parse(start), schedules };
  const reports: [string, string | null][] = [];
  const onCall = createOnCall({
    schedules: () => world.schedules,
    egress: createEgress({ allow: ['127.0.0.1'], resolve: () => Promise.resolve(['127.0.0.1']) }),
    signedCall: null,
    readFile: () => Promise.reject(new Error('no file is read')),
    clock: () => new Date(world.now),
    random: () => 0.5,
    report: (name, problem) => reports.push([name, problem]),
    ...parts,
  });
  const now = (name: string) => onCall.at(new Date(world.now)).get(name);
  return { world, reports, onCall, now };
}

export const minute = 60_000;
