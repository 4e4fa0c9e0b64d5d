import type { BoundaryPolicy, PolicyInForce } from '../../src/aws/boundary-policy.ts';
import { awsFault } from '../../src/aws/fault.ts';
import { type Denied, planBoundary, readDocument, sameDocument } from '../../src/broker/boundary/document.ts';
import { NotMineError } from './undo.ts';

/** The account's boundary policy while it is tried out, and its way back to what it was. */
export interface BoundaryKeeper {
  readonly policy: BoundaryPolicy;
  /** The document as it was found, JSON text. */
  readonly original: string;
  /** The text that Daypass would write to deny these, beside what stands in the policy. */
  withDenied(denied: readonly Denied[]): string;
  /** Puts a document in force, making room for its version, and reads it back. Returns how often it was read until it was there. */
  put(document: string): Promise<number>;
  /** Sends a document as it is. Returns the name of AWS's error; null: it is in force. */
  tryPut(document: string): Promise<string | null>;
  /** How many versions there are now. */
  versions(): Promise<number>;
  /** Deletes the versions that this run made and that are not in force. */
  tidy(): Promise<void>;
  /** Puts the original back where it is not in force, unless somebody else wrote. Throws NotMineError then. */
  restore(): Promise<void>;
}

export interface KeeperDeps {
  readonly policy: BoundaryPolicy;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** IAM User Guide, "Versioning IAM policies". */
export const maxVersions = 5;
// IAM's answers may be older than its last write (IAM User Guide, "Changes that I make are not always immediately visible").
const reads = 15;
const pauseMs = 1_000;

/**
 * Takes the policy as it is now for what it will be put back to.
 * @throws Error when Daypass's own denies stand in it: then people's access ends by it, and it is not touched
 */
export async function keepBoundary({ policy, wait }: KeeperDeps): Promise<BoundaryKeeper> {
  const found = await policy.read();
  const original = found.document;
  const current = readDocument(original);
  if (current.own.length > 0) {
    throw new Error(
      'the boundary policy holds denies of Daypass: wait until they have lapsed (an hour and a quarter at most), or use another account',
    );
  }
  const mine = new Set<string>();
  const texts = [original];
  let expected = original;

  /** Reads until what is in force is what should be. */
  const readUntil = async (document: string): Promise<{ inForce: PolicyInForce; times: number }> => {
    for (let times = 1; ; times++) {
      const inForce = await policy.read();
      if (sameDocument(inForce.document, document)) return { inForce, times };
      if (!texts.some((text) => sameDocument(text, inForce.document))) {
        throw new NotMineError('somebody else writes the boundary policy at the same time');
      }
      if (times === reads) throw new Error('what was written to the boundary policy is not read back');
      await wait(pauseMs);
    }
  };
  const send = async (document: string): Promise<void> => {
    texts.push(document);
    const before = expected;
    // Until AWS has answered, either may be in force.
    expected = document;
    try {
      mine.add(await policy.put(document));
    } catch (error) {
      if (awsFault(error).kind === 'refused' || limitReached(error)) expected = before;
      throw error;
    }
  };
  const room = async ({ others }: PolicyInForce): Promise<void> => {
    if (others.length + 1 < maxVersions) return;
    const oldest = others.find((id) => mine.has(id)) ?? others[0];
    if (oldest !== undefined) await policy.remove(oldest);
  };
  const put = async (document: string): Promise<number> => {
    await room((await readUntil(expected)).inForce);
    await send(document);
    return (await readUntil(document)).times;
  };
  const tidy = async (): Promise<void> => {
    const { inForce } = await readUntil(expected);
    for (const id of inForce.others) if (mine.has(id)) await policy.remove(id);
  };
  return {
    policy,
    original,
    withDenied(denied) {
      const { document, left } = planBoundary(current, denied);
      if (left.length > 0) throw new Error('the boundary policy has no room for a deny');
      return document;
    },
    put,
    async tryPut(document) {
      try {
        await send(document);
        return null;
      } catch (error) {
        return error instanceof Error ? error.name : 'Unknown';
      }
    },
    async versions() {
      return (await policy.read()).others.length + 1;
    },
    tidy,
    async restore() {
      if (texts.length === 1) return;
      const inForce = await policy.read();
      if (!texts.some((text) => sameDocument(text, inForce.document))) {
        throw new NotMineError('somebody else wrote the boundary policy: it is left as it is');
      }
      // A write whose answer was lost may have been done, and an answer may be older than the last write.
      if (expected !== original || !sameDocument(inForce.document, original)) {
        await room(inForce);
        await send(original);
        await readUntil(original);
      }
      await tidy();
    },
  };
}

// The SDK sorts it with the throttling errors; of IAM it means that a quota is full and that nothing was done.
function limitReached(error: unknown): boolean {
  return error instanceof Error && error.name === 'LimitExceededException';
}
