/** One message that a client sends to PostgreSQL. `type` is empty for the first one, which has none. */
export interface FrontendMessage {
  readonly type: string;
  /** The whole message as it came, type and length included. */
  readonly bytes: Buffer;
  readonly body: Buffer;
}

/**
 * Cuts a client's byte stream into messages (PostgreSQL manual, "Message Formats"): a type byte, then a length of four bytes
 * that counts itself. Only the first message has no type.
 */
export class FrontendReader {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  /** The messages that are complete with this chunk. */
  read(chunk: Buffer): FrontendMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: FrontendMessage[] = [];
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) return messages;
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) return messages;
      const bytes = this.#rest.subarray(0, end);
      messages.push({
        type: this.#started ? bytes.toString('latin1', 0, 1) : '',
        bytes,
        body: bytes.subarray(head + 4),
      });
      this.#started = true;
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** What a message says of a statement: its text, the name it is prepared under, or the name of one prepared before. */
export interface StatementPart {
  readonly sql: string | null;
  readonly name: string;
}

/** Reads a Query (text), a Parse (name, text) or a Bind (portal, name). Null for every other message. */
export function statementOf({ type, body }: FrontendMessage): StatementPart | null {
  if (type === 'Q') return { sql: cString(body, 0), name: '' };
  const second = cString(body, body.indexOf(0) + 1);
  if (type === 'P') return { sql: second, name: cString(body, 0) };
  if (type === 'B') return { sql: null, name: second };
  return null;
}

/** The value of a parameter of the first message, such as application_name. Null when it is not there. */
export function startupParameter(body: Buffer, name: string): string | null {
  const words = body.toString('utf8', 4).split('\0');
  for (let i = 0; i + 1 < words.length; i += 2) if (words[i] === name) return words[i + 1] ?? null;
  return null;
}

function cString(body: Buffer, from: number): string {
  const end = body.indexOf(0, from);
  return body.toString('utf8', from, end < 0 ? body.length : end);
}

/**
 * Watches a server's byte stream for the moments at which it is ready for the next statement (ReadyForQuery, type Z). The
 * server's messages all carry a type.
 */
export class ReadyCounter {
  #rest: Buffer = Buffer.alloc(0);

  /** How many times the server became ready within this chunk. */
  read(chunk: Buffer): number {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let ready = 0;
    while (this.#rest.length >= 5) {
      const end = 1 + this.#rest.readInt32BE(1);
      if (this.#rest.length < end) break;
      if (this.#rest[0] === 0x5a) ready++;
      this.#rest = this.#rest.subarray(end);
    }
    return ready;
  }
}
