import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { buildContext } from './context.ts';
import { parseDockerfile, type Stage, type Step } from './dockerfile.ts';

/** What a container would be started from. */
export interface Image {
  /** The folder that stands for `/`. It holds what the steps put there, and Node in usr/local/bin. */
  readonly root: string;
  readonly baseImage: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly ports: readonly number[];
  readonly healthcheck: readonly string[] | null;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
}

type Building = { -readonly [K in keyof Image]: Image[K] } & { readonly ports: number[] };

export interface BuildOptions {
  /** The folder with the Dockerfile. */
  readonly source: string;
  /** An empty folder: each stage becomes a folder in it. */
  readonly into: string;
  /** Told of each step before it is carried out. */
  readonly onStep: (text: string) => void;
}

/**
 * Carries out the steps of the Dockerfile in `source` in plain folders, and returns what the last stage came to. It takes no
 * container engine, so the base image is this machine: RUN sees its file system, its npm registry and npm cache. Node comes
 * from the process that calls. Throws an Error that names the line of the step that failed or is not known.
 */
export async function buildImage({ source, into, onStep }: BuildOptions): Promise<Image> {
  const stages = parseDockerfile(await readFile(join(source, 'Dockerfile'), 'utf8'));
  const context = await buildContext(source);
  const done = new Map<string, Image>();
  let last: Image | null = null;
  for (const [nth, stage] of stages.entries()) {
    onStep(`FROM ${stage.image}${stage.name === null ? '' : ` AS ${stage.name}`}`);
    const image = await startStage(stage, join(into, stage.name ?? `stage-${nth}`));
    for (const { line, text, step } of stage.steps) {
      onStep(text);
      await carryOut(step, image, { source, context, done }).catch((cause: unknown) => {
        throw new Error(`Dockerfile:${line}: ${cause instanceof Error ? cause.message : String(cause)}`, {
          cause,
        });
      });
    }
    if (stage.name !== null) done.set(stage.name, image);
    last = image;
  }
  if (last === null) throw new Error('Dockerfile: it has no stage');
  return last;
}

async function startStage(stage: Stage, root: string): Promise<Building> {
  const node = join(root, 'usr/local/bin/node');
  await mkdir(dirname(node), { recursive: true });
  await copyFile(process.execPath, node, constants.COPYFILE_FICLONE);
  await chmod(node, 0o755);
  return {
    root,
    baseImage: stage.image,
    env: {},
    workdir: '/',
    user: null,
    ports: [],
    healthcheck: null,
    entrypoint: [],
    cmd: [],
  };
}

interface Sources {
  readonly source: string;
  readonly context: ReadonlySet<string>;
  readonly done: ReadonlyMap<string, Image>;
}

async function carryOut(step: Step, image: Building, sources: Sources): Promise<void> {
  switch (step.kind) {
    case 'workdir':
      image.workdir = step.path;
      await mkdir(join(image.root, step.path), { recursive: true });
      return;
    case 'copy':
      return copy(step, image, sources);
    case 'run':
      return run(step.command, image);
    case 'env':
      image.env = { ...image.env, ...step.values };
      return;
    case 'user':
      image.user = { uid: step.uid, gid: step.gid };
      return;
    case 'expose':
      image.ports.push(step.port);
      return;
    case 'healthcheck':
      image.healthcheck = step.command;
      return;
    case 'entrypoint':
      image.entrypoint = step.command;
      return;
    case 'cmd':
      image.cmd = step.command;
      return;
  }
}

async function copy(step: Extract<Step, { kind: 'copy' }>, image: Building, sources: Sources): Promise<void> {
  const target = within(image.root, step.to.startsWith('/') ? step.to : join(image.workdir, step.to));
  for (const source of step.sources) {
    const path = originOf(source, step.from, sources);
    const isFile = (await stat(path)).isFile();
    const intoFolder = !isFile || step.to.endsWith('/') || step.sources.length > 1;
    await mkdir(intoFolder ? target : dirname(target), { recursive: true });
    // Of a folder its content is copied. The system's cp is six times as fast as Node's with the files of node_modules.
    await promisify(execFile)('cp', ['-RP', isFile ? path : `${path}/.`, intoFolder ? `${target}/` : target]);
  }
}

function originOf(path: string, from: string | null, { source, context, done }: Sources): string {
  if (from !== null) {
    const stage = done.get(from);
    if (stage === undefined) throw new Error(`there is no stage ${from}`);
    return within(stage.root, path);
  }
  const entry = normalize(path).split('/')[0] ?? '';
  if (!context.has(entry)) throw new Error(`${path} is not let in by .dockerignore`);
  return within(source, path);
}

function within(root: string, path: string): string {
  // Against a root of /, no `..` leads out.
  return join(root, normalize(join('/', path)));
}

async function run(command: string, image: Building): Promise<void> {
  const env = { ...machineSettings(process.env), ...image.env };
  const bin = join(image.root, 'usr/local/bin');
  try {
    await promisify(execFile)('/bin/sh', ['-ec', command], {
      cwd: join(image.root, image.workdir),
      env: { ...env, PATH: `${bin}:${process.env.PATH ?? ''}` },
      maxBuffer: 16_000_000,
    });
  } catch (error) {
    const said = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} failed: ${`${said.stdout ?? ''}${said.stderr ?? ''}`.slice(-2_000)}`, {
      cause: error,
    });
  }
}

// Where packages come from is this machine's business. What else npm set for its own child would point at this checkout.
const kept =
  /^(HOME|LANG|TMPDIR|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|npm_config_(cache|registry|userconfig|globalconfig|cafile|(https_|no)?proxy))$/i;

function machineSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = Object.entries(environment).filter(([name]) => kept.test(name));
  return {
    ...Object.fromEntries(settings),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // A registry that hiccups is asked again, soon: npm's own waits add up to minutes, after which nobody is told why.
    npm_config_fetch_retries: '4',
    npm_config_fetch_retry_mintimeout: '500',
    npm_config_fetch_retry_maxtimeout: '5000',
  };
}
