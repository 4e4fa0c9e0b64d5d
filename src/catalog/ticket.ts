import type { Entitlement } from './types.ts';

/** Longest ticket that is matched at all, in UTF-16 units: it bounds the work of a pattern. */
export const maxTicketLength = 100;
const maxPatternLength = 200;
// Backtracking tries at most this many ways through a pattern; a few milliseconds.
const maxWays = 20_000;

export type TicketPatternResult = { ok: true; anchored: string } | { ok: false; message: string };

class PatternError extends Error {}

/**
 * Checks a ticket pattern and anchors it. A small part of JavaScript's regular expressions is accepted: plain characters,
 * `.`, classes, groups, alternatives and quantifiers. For these the number of ways that a backtracking matcher can try
 * on a ticket of 100 characters is counted, and a pattern with too many is refused: `(a+)+` is, `[A-Z]+-[0-9]+` is not.
 * @param pattern as written in the file, to match the whole ticket
 */
export function checkTicketPattern(pattern: string): TicketPatternResult {
  if (pattern.length > maxPatternLength) {
    return { ok: false, message: `keep the pattern under ${maxPatternLength} characters` };
  }
  const anchored = `^(?:${pattern})$`;
  try {
    const whole = new Reader(pattern).read();
    if (whole.shortest > maxTicketLength) {
      return {
        ok: false,
        message: `matches only tickets longer than ${maxTicketLength} characters, which are refused`,
      };
    }
    if (whole.ways > maxWays) {
      const hint =
        'limit what repeats, as in [A-Z]{1,10}-[0-9]{1,8}, and repeat no group that repeats inside';
      return { ok: false, message: `could take too long to match: ${hint}` };
    }
    if (new RegExp(anchored).test('')) {
      return { ok: false, message: 'would accept an empty ticket: leave `ticket` out if none is needed' };
    }
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: error.message };
    if (error instanceof SyntaxError) return { ok: false, message: 'is not a regular expression' };
    throw error;
  }
  return { ok: true, anchored };
}

/** Is this ticket good enough for the entitlement? Where a pattern is set, a missing or empty ticket is not. */
export function ticketAccepted(entitlement: Entitlement, ticket: string | null): boolean {
  if (entitlement.ticketPattern === null) return true;
  if (ticket === null || ticket === '' || ticket.length > maxTicketLength) return false;
  return new RegExp(entitlement.ticketPattern).test(ticket);
}

/** Part of a pattern: how many ways a matcher can take through it, and the fewest characters it matches. */
interface Part {
  readonly ways: number;
  readonly shortest: number;
}

const oneCharacter: Part = { ways: 1, shortest: 1 };

/** Reads a pattern left to right and counts the ways through it. */
class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): Part {
    const whole = this.alternatives();
    if (this.at < this.text.length) throw new PatternError("has a ')' without its '('");
    return whole;
  }

  private alternatives(): Part {
    let { ways, shortest } = this.sequence();
    while (this.text[this.at] === '|') {
      this.at++;
      const other = this.sequence();
      ways += other.ways;
      shortest = Math.min(shortest, other.shortest);
    }
    return { ways, shortest };
  }

  private sequence(): Part {
    let ways = 1;
    let shortest = 0;
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const part = this.repeated(this.atom());
      ways *= part.ways;
      shortest += part.shortest;
    }
    return { ways, shortest };
  }

  private atom(): Part {
    const char = this.text[this.at] ?? '';
    if (char === '(') return this.group();
    if (char === '[') return this.characterClass();
    if (char === '\\') return this.escape();
    if (char === '^' || char === '$') {
      throw new PatternError("matches the whole ticket already: leave '^' and '$' out");
    }
    if ('*+?{}]'.includes(char)) {
      throw new PatternError(`has a '${char}' out of place: write \\${char} for the character`);
    }
    if (!/[\x20-\x7e]/.test(char)) throw new PatternError('may hold printable ASCII characters only');
    this.at++;
    return oneCharacter;
  }

  private group(): Part {
    this.at++;
    if (this.text[this.at] === '?') {
      if (this.text[this.at + 1] !== ':')
        throw new PatternError("may use plain groups only: '(…)' or '(?:…)'");
      this.at += 2;
    }
    const inside = this.alternatives();
    if (this.text[this.at] !== ')') throw new PatternError("has a '(' without its ')'");
    this.at++;
    return inside;
  }

  private escape(): Part {
    const found = /^\\(?:[dws]|[^A-Za-z0-9])/.exec(this.text.slice(this.at));
    if (found === null || !/^[\x20-\x7e]+$/.test(found[0])) {
      throw new PatternError('may use \\d, \\w, \\s and escaped ASCII punctuation only');
    }
    this.at += found[0].length;
    return oneCharacter;
  }

  private characterClass(): Part {
    const found = /^\[\^?(?:[^\\[\]]|\\(?:[dws]|[^A-Za-z0-9]))+\]/.exec(this.text.slice(this.at));
    if (found === null) throw new PatternError('has a class it should not: write one like [A-Z0-9_]');
    if (!/^[\x20-\x7e]+$/.test(found[0])) throw new PatternError('may hold printable ASCII characters only');
    this.at += found[0].length;
    return oneCharacter;
  }

  private repeated(one: Part): Part {
    const found = /^(?:[*+?]|\{([0-9]{1,3})(,([0-9]{1,3})?)?\})/.exec(this.text.slice(this.at));
    if (found === null) return one;
    this.at += found[0].length;
    if (/^[*+?{]/.test(this.text.slice(this.at))) throw new PatternError('repeats a repetition');
    if (one.shortest === 0) throw new PatternError('repeats something that may be empty');
    const [sign, low, comma, high] = found;
    const min = low === undefined ? (sign === '+' ? 1 : 0) : Number(low);
    const open = high === undefined ? maxTicketLength : Number(high);
    const max = sign === '?' ? 1 : low !== undefined && comma === undefined ? min : open;
    if (min > maxTicketLength || max > maxTicketLength) {
      throw new PatternError(`repeats more often than a ticket is long (${maxTicketLength})`);
    }
    let ways = 0;
    for (let times = min; times <= max; times++) ways += one.ways ** times;
    return { ways, shortest: one.shortest * min };
  }
}
