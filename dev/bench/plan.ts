import type { Load } from './measure.ts';

/** Literal text and, as numbers, places for ids that are fresh each time. Null is SQL's NULL. */
export type Template = readonly (string | number)[] | null;

/** One prepared statement with its values, `$1` first. */
export interface Statement {
  /** Different for different texts. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly Template[];
}

/** Either one transaction, or one call of AssumeRole (its parameters as JSON). */
export type Action = { readonly commit: readonly Statement[] } | { readonly assumeRole: Template };

/** What the floor does once: by step, the commits of Daypass and the call between them. */
export interface FloorPlan {
  /** What kind of id goes into each place. */
  readonly places: readonly string[];
  readonly steps: readonly { readonly name: string; readonly actions: readonly Action[] }[];
}

export interface FloorOrder extends Load {
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly plan: FloorPlan;
}

/** Somebody who is signed in. */
export interface Token {
  readonly token: string;
}

export interface LiveGrant extends Token {
  readonly grant: string;
}

/** What the load generator is told to do. */
export interface LoadOrder extends Load {
  /** One for each Daypass process; turns go round. */
  readonly urls: readonly string[];
  readonly requesters: readonly Token[];
  readonly approvers: readonly Token[];
  readonly what:
    | { readonly kind: 'lifecycles' }
    | { readonly kind: 'credentials'; readonly grants: readonly LiveGrant[] }
    /** Not measured: makes this many grants with a first session each. */
    | { readonly kind: 'grants'; readonly count: number };
}

/** Daypass's limit is 30 sessions a grant a minute; staying below it is the load generator's business. */
export const sessionsAGrant = 28;

export async function readOrder<T>(): Promise<T> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return JSON.parse(text) as T;
}
