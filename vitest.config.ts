import { configDefaults, defineConfig } from 'vitest/config';
import { StacksFirst } from './test/support/sequencer.ts';

// Older versions cannot run the TypeScript files that tests start as processes.
if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(
    `The tests need Node 24 or newer and this is ${process.version}: run \`npm test\`, which brings its own.`,
  );
}

const long = 'test/**/*.long.test.ts';
const browser = 'test/**/*.browser.test.ts';

// Which files to run; test/support/run.ts sets it from its flags.
const selections: Record<string, { include: string[]; exclude: string[] }> = {
  plain: { include: ['test/**/*.test.ts'], exclude: [long, browser] },
  long: { include: [long], exclude: [] },
  browser: { include: [browser], exclude: [] },
};
const chosen = process.env.TEST_SELECTION ?? 'plain';
const selection = selections[chosen];
if (selection === undefined) {
  throw new Error(`TEST_SELECTION is ${chosen}; it can be ${Object.keys(selections).join(', ')}.`);
}

export default defineConfig({
  test: {
    include: selection.include,
    exclude: [...configDefaults.exclude, ...selection.exclude],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed.ts'],
    pool: 'forks',
    // One more than the two cores that the time is measured on: files wait for lost answers and for what they started.
    maxWorkers: 3,
    sequence: { sequencer: StacksFirst },
    testTimeout: chosen === 'long' ? 600_000 : 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
});
