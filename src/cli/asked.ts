import { CliError, exitCodes } from './exit.ts';

/** What a request asks for, as the API has it. */
export interface Asked {
  readonly entitlements: readonly string[];
  readonly options?: Readonly<
    Record<string, { readonly choice: string; readonly parameters?: Readonly<Record<string, string>> }>
  >;
}

/**
 * Reads what is asked for: `prod/data`, narrowed to one of its choices `prod/data:one-bucket`, or the name of a bundle.
 * @param choice of --choice: where one entitlement is named, the same as after the colon
 * @param sets of --set: `bucket=x`, for the one choice there is, or `prod/data:bucket=x`
 * @throws CliError usage
 */
export function readAsked(
  names: readonly string[],
  choice: string | undefined,
  sets: readonly string[],
): Asked {
  const picks = new Map<string, string>();
  const entitlements = names.map((name) => {
    const [id, picked] = splitOnce(name, ':');
    if (picked !== undefined) picks.set(id, picked);
    return id;
  });
  const [only] = entitlements;
  if (choice !== undefined) {
    if (entitlements.length > 1 || picks.size > 0 || only === undefined) {
      throw usage('--choice is for one entitlement: with several write prod/data:one-bucket');
    }
    if (!only.includes('/'))
      throw usage(`--choice is for an entitlement: beside ${only} write prod/data:${choice}`);
    picks.set(only, choice);
  }
  const parameters = new Map<string, Map<string, string>>();
  for (const set of sets) {
    const [id, name, value] = readSet(set, picks);
    const values = parameters.get(id) ?? new Map<string, string>();
    if (values.has(name)) throw usage(`--set names ${name} twice`);
    parameters.set(id, values.set(name, value));
  }
  if (picks.size === 0) return { entitlements };
  return {
    entitlements,
    options: Object.fromEntries(
      [...picks].map(([id, picked]) => {
        const values = parameters.get(id);
        return [
          id,
          { choice: picked, ...(values === undefined ? {} : { parameters: Object.fromEntries(values) }) },
        ];
      }),
    ),
  };
}

function readSet(set: string, picks: ReadonlyMap<string, string>): [id: string, name: string, value: string] {
  const [before, value] = splitOnce(set, '=');
  if (value === undefined || before === '') throw usage(`--set takes name=value, not ${set}`);
  const [first, second] = splitOnce(before, ':');
  const [picked, ...more] = picks.keys();
  if (picked === undefined) throw usage('--set fills in a choice: name one with --choice');
  if (second !== undefined) {
    if (!picks.has(first)) throw usage(`--set names ${first}, for which no choice is named`);
    return [first, second, value];
  }
  if (more.length > 0) throw usage(`--set ${set} could be for several: write ${picked}:${set}`);
  return [picked, first, value];
}

function splitOnce(text: string, mark: string): [before: string, after: string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

function usage(message: string): CliError {
  return new CliError(exitCodes.usage, message);
}
