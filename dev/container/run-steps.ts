import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage, type Image } from './build.ts';
import { makeReadOnly, makeWritable } from './container.ts';

export interface Built extends AsyncDisposable {
  readonly image: Image;
}

/** Carries out the Dockerfile of this repository step by step in a temporary folder, and makes the result read-only. */
export async function runSteps(onStep: (text: string) => void): Promise<Built> {
  const into = await mkdtemp(join(tmpdir(), 'daypass-image-'));
  // The image's user must be able to go there.
  await chmod(into, 0o755);
  try {
    const image = await buildImage({
      source: fileURLToPath(new URL('../../', import.meta.url)),
      into,
      onStep,
    });
    await makeReadOnly(image);
    return {
      image,
      async [Symbol.asyncDispose]() {
        await makeWritable(image);
        await rm(into, { recursive: true });
      },
    };
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

// As a command, `node dev/container/run-steps.ts` says which steps work on this machine.
if (import.meta.main) {
  await using built = await runSteps((text) => void process.stdout.write(`${text}\n`));
  const { user, entrypoint, cmd } = built.image;
  process.stdout.write(`Done: ${[...entrypoint, ...cmd].join(' ')} as ${user?.uid ?? 'root'}\n`);
}
