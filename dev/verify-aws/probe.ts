/** What a call that a deny can hit came to. */
export interface Answer {
  readonly kind: 'allowed' | 'denied' | 'other';
  /** Which policy denies explicitly, in AWS's words; null: AWS did not say. */
  readonly deniedBy: string | null;
  /** The error's name and AWS's text; empty when allowed. */
  readonly text: string;
  /** AWS's time of the answer, to the second; null: it gave none. */
  readonly at: Date | null;
}

/** A call that changes nothing, with the credentials of one session. */
export interface Probe {
  readonly name: string;
  ask(): Promise<Answer>;
}

/** @param at AWS's time of the answer */
export function readError(error: unknown, at: Date | null): Answer {
  const name = error instanceof Error ? error.name : 'Unknown';
  const message = error instanceof Error ? error.message : String(error);
  const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(name);
  // IAM User Guide, "Troubleshoot access denied error messages": "… with an explicit deny in a session policy".
  const by = /with an explicit deny in an? ([a-z -]+?)(?::|$|\.)/.exec(message)?.[1] ?? null;
  return {
    kind: denied ? 'denied' : 'other',
    deniedBy: denied ? by : null,
    text: `${name}: ${message.slice(0, 300)}`,
    at,
  };
}

export interface Patience {
  readonly clock: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Most to wait, in seconds. */
  readonly limitSeconds: number;
  readonly pauseMs: number;
}

export interface Settled {
  /** Seconds until the first of the answers that never changed again; null: it did not come to that. */
  readonly seconds: number | null;
  /** Everything that was asked, in order. */
  readonly answers: readonly Answer[];
}

/**
 * Asks until all probes have answered so for a number of rounds on end: what spreads through AWS can be there and gone again.
 * @param each is run once a round, after the probes
 */
export async function settle(
  probes: readonly Probe[],
  wanted: Answer['kind'],
  { clock, wait, limitSeconds, pauseMs }: Patience,
  each: () => Promise<void> = async () => {},
): Promise<Settled> {
  const rounds = 5;
  const began = clock().getTime();
  const answers: Answer[] = [];
  let since: number | null = null;
  let inRow = 0;
  for (;;) {
    const asked = clock().getTime();
    const now = await Promise.all(probes.map((probe) => probe.ask()));
    answers.push(...now);
    await each();
    if (now.every(({ kind }) => kind === wanted)) {
      since ??= asked;
      inRow += 1;
      if (inRow === rounds) return { seconds: (since - began) / 1000, answers };
    } else {
      since = null;
      inRow = 0;
    }
    if (clock().getTime() - began > limitSeconds * 1000) return { seconds: null, answers };
    await wait(pauseMs);
  }
}
