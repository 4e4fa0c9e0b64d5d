import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Ready {
  readonly url: string;
  readonly users: Record<string, { name: string; token: string }>;
  readonly aws: { endpoint: string; log: string };
  readonly databaseUrl: string;
  readonly databaseAdminUrl: string;
  readonly idp: { issuer: string };
  readonly pids: Record<string, number>;
}

function demo(...flags: string[]) {
  const child = spawn(process.execPath, [`${root}dev/demo.ts`, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  return { child, out: () => out, err: () => err };
}

test('two demos at once walk the main job, say where everything is in one line of JSON, and stay up', {
  timeout: 120_000,
}, async () => {
  const demos = [demo('--json'), demo('--json')];
  try {
    const ready = await Promise.all(
      demos.map(async ({ child, out, err }) => {
        while (!out().includes('\n')) {
          if (child.exitCode !== null) throw new Error(err());
          await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
        }
        expect(out().trimEnd().split('\n')).toHaveLength(1);
        return JSON.parse(out()) as Ready;
      }),
    );
    expect(new Set(ready.map((r) => r.url)).size).toBe(2);
    for (const one of ready) await standsUp(one);
  } finally {
    for (const { child } of demos) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
  }
});

async function standsUp(ready: Ready): Promise<void> {
  expect(Object.keys(ready.users)).toEqual(['engineer', 'approver', 'approver2', 'auditor', 'operator']);
  for (const user of Object.values(ready.users)) {
    const me = await fetch(`${ready.url}/v1/me`, { headers: { authorization: `Bearer ${user.token}` } });
    expect(await me.json()).toMatchObject({ name: user.name, assurance: { level: 'multi-factor' } });
  }
  const calls = (await (await fetch(ready.aws.log)).json()) as unknown[];
  expect(calls.length).toBeGreaterThan(0);
  const database = new pg.Client({ connectionString: ready.databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ kind: string }>('SELECT DISTINCT kind FROM audit_events');
  const kinds = rows.map((row) => row.kind);
  expect(kinds).toEqual(
    expect.arrayContaining([
      'catalog.loaded',
      'signin.succeeded',
      'access.denied',
      'request.submitted',
      'review.recorded',
      'request.approved',
      'grant.active',
      'session.issuing',
      'session.issued',
      'grant.ended',
      'audit.read',
    ]),
  );
  await expect(database.query('DELETE FROM audit_events')).rejects.toThrow(/permission denied/);
  await expect(database.query(`UPDATE grants SET state = 'active'`)).rejects.toThrow();
  await database.end();
}

test('a walk that cannot start exits non-zero and says why', { timeout: 60_000 }, async () => {
  const broken = demo('--once', '--no-such-flag');
  const [code] = (await once(broken.child, 'exit')) as [number];
  expect(code).not.toBe(0);
  expect(broken.err()).toContain('--no-such-flag');
});
