import type { Egress, EgressCall } from './egress.ts';
import { EgressRefused } from './refused.ts';

/** The part of fetch's options that libraries with a fetch of one's own pass on. */
export interface EgressFetchOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ConstructorParameters<typeof Response>[0];
  readonly signal?: AbortSignal;
}

const methods: readonly EgressCall['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The way out in the shape of fetch, for libraries that take one. Rejects as `Egress.send` does. */
export function egressFetch(egress: Egress) {
  return async (url: string, options: EgressFetchOptions): Promise<Response> => {
    const method = methods.find((known) => known === options.method);
    if (method === undefined) throw new EgressRefused('REQUEST', 'This method of HTTP is not used.');
    const { headers, signal, body } = options;
    const sent = body === undefined || body === null ? {} : { body: await new Response(body).bytes() };
    const answer = await egress.send({ url, method, headers, signal, ...sent });
    // Statuses that never have a body (Fetch standard, null body status).
    const empty = answer.status === 204 || answer.status === 205;
    return new Response(empty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}
