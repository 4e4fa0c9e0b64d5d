import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** An answer that is no success. */
export class Refused extends Error {
  readonly body: string;
  constructor(path: string, status: number, body: string) {
    super(`POST ${path} answered ${status}: ${body}`);
    this.body = body;
  }
}

/**
 * One call of the API over a kept connection: less work for the generator than `fetch`, which would take its share of the
 * cores from what is measured. Rejects with Refused on anything but a success.
 */
export function post<T>(url: string, token: string, body?: unknown): Promise<T> {
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-length': Buffer.byteLength(text),
          ...(text === '' ? {} : { 'content-type': 'application/json' }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          const answered = Buffer.concat(chunks).toString();
          if (status < 300) resolve(JSON.parse(answered) as T);
          else reject(new Refused(new URL(url).pathname, status, answered));
        });
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}

export function hangUp(): void {
  agent.destroy();
}

/**
 * Credentials under a grant. One whose activation is just under way on another connection says so and is asked again at
 * once, as a client would; the wait is part of what is measured.
 */
export async function obtainCredentials(url: string, grant: string, token: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await post(`${url}/v1/grants/${grant}/sessions`, token);
      return;
    } catch (error) {
      const underWay = error instanceof Refused && error.body.includes('"state":"activating"');
      if (!underWay || tries === 100) throw error;
    }
  }
}
