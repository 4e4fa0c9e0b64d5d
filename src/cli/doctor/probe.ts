import { printable } from '../display/printable.ts';

/** An answer of the server with what its headers and its time say. */
export interface Probe {
  readonly status: number;
  readonly text: string;
  /** When the server says it is, in milliseconds since 1970; null: it did not say. To the second. */
  readonly serverTime: number | null;
  /** Between these two, by this machine's clock, it answered. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

const patienceMs = 10_000;

/** Asks for something that anybody may see, without a token. Never rejects: what went wrong comes back as text. */
export async function probe(url: string, path: string, now: () => Date): Promise<Probe | string> {
  const sentAt = now().getTime();
  try {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    const receivedAt = now().getTime();
    const serverTime = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      text: await response.text(),
      serverTime: Number.isNaN(serverTime) ? null : serverTime,
      sentAt,
      receivedAt,
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return 'did not answer in time';
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    return `cannot be reached${typeof code === 'string' ? ` (${printable(code)})` : ''}`;
  }
}
