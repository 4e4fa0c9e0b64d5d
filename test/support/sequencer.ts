import { BaseSequencer, type TestSpecification } from 'vitest/node';

const spawning = /\/test\/(?:acceptance\/|cli\/many-at-once)/;

/** Vitest's own order, but whole stacks first: one of them that is started last keeps the run waiting with a processor idle. */
export class StacksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = sorted.filter(({ moduleId }) => spawning.test(moduleId));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}
