/** One step of a stage. Paths and words are as written, after ARG values were put in. */
export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'copy'; readonly from: string | null; readonly sources: string[]; readonly to: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'expose'; readonly port: number }
  | { readonly kind: 'healthcheck' | 'entrypoint' | 'cmd'; readonly command: string[] };

export interface Stage {
  /** The image it starts from, such as `node:24.21.0-bookworm-slim`. */
  readonly image: string;
  readonly name: string | null;
  readonly steps: { readonly line: number; readonly text: string; readonly step: Step }[];
}

/**
 * Reads the part of the Dockerfile format (docs.docker.com, Dockerfile reference) that this repository's file uses. Throws an
 * Error with the line number for anything else: a step that is not understood must not pass for one that was carried out.
 */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const args = new Map<string, string>();
  for (const { line, words } of instructions(text)) {
    const [, instruction = '', rest = ''] = /^([A-Za-z]+)\s+(.*)$/s.exec(words) ?? [];
    const fail = (why: string): never => {
      throw new Error(`Dockerfile:${line}: ${why}: ${words}`);
    };
    if (instruction === 'ARG') {
      const [, name, value] = /^(\w+)=(\S+)$/.exec(rest) ?? [];
      if (stages.length > 0 || name === undefined || value === undefined)
        return fail('only ARG name=value before the first FROM is understood');
      args.set(name, value);
    } else if (instruction === 'FROM') {
      const [, image, name] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      if (image === undefined) return fail('this FROM is not understood');
      const filled = image.replaceAll(
        /\$\{(\w+)\}/g,
        (_, arg: string) => args.get(arg) ?? fail('unknown ARG'),
      );
      stages.push({ image: filled, name: name ?? null, steps: [] });
    } else {
      const stage = stages.at(-1) ?? fail('a step before the first FROM');
      const step = parseStep(instruction, rest) ?? fail('this step is not understood');
      stage.steps.push({ line, text: words, step });
    }
  }
  if (stages.length === 0) throw new Error('Dockerfile: it has no FROM');
  return stages;
}

function* instructions(text: string): Generator<{ line: number; words: string }> {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let words = lines[at]?.trim() ?? '';
    if (words === '' || words.startsWith('#')) continue;
    while (words.endsWith('\\')) words = `${words.slice(0, -1).trimEnd()} ${lines[++at]?.trim() ?? ''}`;
    yield { line, words };
  }
}

function parseStep(instruction: string, rest: string): Step | null {
  switch (instruction) {
    case 'WORKDIR':
      return rest.startsWith('/') && !/[\s$]/.test(rest) ? { kind: 'workdir', path: rest } : null;
    case 'COPY':
      return parseCopy(rest);
    case 'RUN':
      // Carried out in a folder of this machine, where an absolute path would be somebody else's file.
      return /^[^-[]/.test(rest) && !/(?:^|[\s"'=])[/~]/.test(rest) ? { kind: 'run', command: rest } : null;
    case 'ENV':
      return parseEnv(rest);
    case 'USER': {
      const [, uid, gid] = /^(\d+):(\d+)$/.exec(rest) ?? [];
      return uid === undefined || gid === undefined
        ? null
        : { kind: 'user', uid: Number(uid), gid: Number(gid) };
    }
    case 'EXPOSE':
      return /^\d+$/.test(rest) ? { kind: 'expose', port: Number(rest) } : null;
    case 'HEALTHCHECK':
      return withCommand(
        'healthcheck',
        /^(?:--(?:interval|timeout|start-period|retries)=\S+ )*CMD (.*)$/s.exec(rest)?.[1],
      );
    case 'ENTRYPOINT':
      return withCommand('entrypoint', rest);
    case 'CMD':
      return withCommand('cmd', rest);
    default:
      return null;
  }
}

function parseCopy(rest: string): Step | null {
  const [, from, paths = ''] = /^(?:--from=(\S+) )?([^-].*)$/.exec(rest) ?? [];
  const sources = paths.split(/\s+/);
  const to = sources.pop();
  if (to === undefined || sources.length === 0 || /[*?$["\\]/.test(paths)) return null;
  return { kind: 'copy', from: from ?? null, sources, to };
}

function parseEnv(rest: string): Step | null {
  const pairs = rest.split(/\s+/).map((pair) => /^(\w+)=([^\s"'$\\]*)$/.exec(pair));
  if (pairs.includes(null)) return null;
  return { kind: 'env', values: Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]])) };
}

// The form that starts no shell: a JSON array of words.
function withCommand(kind: 'healthcheck' | 'entrypoint' | 'cmd', json: string | undefined): Step | null {
  if (json?.startsWith('[') !== true) return null;
  const command: unknown = JSON.parse(json);
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) return null;
  return { kind, command };
}
