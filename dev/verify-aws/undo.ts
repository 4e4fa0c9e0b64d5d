/** What was changed in the account and is put back at the end, the last change first. */
export interface UndoList {
  add(what: string, back: () => Promise<void>): void;
  /** Puts everything back, each thing once. Never rejects: what could not be put back is named, with the reason. */
  all(): Promise<readonly string[]>;
}

const tries = 6;
const firstPauseMs = 1_000;

/** @param wait in milliseconds; not to be cut short by what made the run end */
export function createUndoList(wait: (milliseconds: number) => Promise<void>): UndoList {
  const entries: { what: string; back: () => Promise<void> }[] = [];

  const attempt = async ({ what, back }: (typeof entries)[number]): Promise<string | null> => {
    for (let left = tries; ; left--) {
      try {
        await back();
        return null;
      } catch (error) {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        if (left === 1 || error instanceof NotMineError) return `${what} (${reason.slice(0, 300)})`;
        await wait(firstPauseMs * 2 ** (tries - left));
      }
    }
  };
  return {
    add: (what, back) => void entries.push({ what, back }),
    async all() {
      const left: string[] = [];
      for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
        const fault = await attempt(entry);
        if (fault !== null) left.push(fault);
      }
      return left;
    },
  };
}

/** It is no longer what this run made of it: somebody else changed it, and trying again changes nothing. */
export class NotMineError extends Error {
  override readonly name = 'NotMineError';
}
