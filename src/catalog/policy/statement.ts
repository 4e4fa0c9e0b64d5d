type Texts = string | readonly string[];
type Condition = Readonly<Record<string, Readonly<Record<string, Texts>>>>;

/** One statement of a policy, in the form that takes the fewest characters. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource: Texts;
  readonly Condition?: Condition;
}

/** The condition operators of one statement; a list of one is written as its only value. */
export type Conditions = Condition;

/** An Allow. */
export function allow(
  actions: readonly string[],
  resources: readonly string[],
  conditions: Conditions = {},
): Statement {
  return {
    Effect: 'Allow',
    Action: short(actions),
    Resource: short(resources),
    ...shortConditions(conditions),
  };
}

/**
 * A deny of everything; or of `actions`; or of all but `except`. On everything, or on `resources`.
 */
export function deny(
  on: {
    readonly actions?: readonly string[];
    readonly except?: readonly string[];
    readonly resources?: readonly string[];
  },
  conditions: Conditions = {},
): Statement {
  const { actions = ['*'], except = [], resources = ['*'] } = on;
  return {
    Effect: 'Deny',
    ...(except.length > 0 ? { NotAction: short(except) } : { Action: short(actions) }),
    Resource: short(resources),
    ...shortConditions(conditions),
  };
}

function shortConditions(conditions: Conditions): { Condition?: Condition } {
  const operators = Object.entries(conditions);
  if (operators.length === 0) return {};
  return {
    Condition: Object.fromEntries(
      operators.map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, short(values)])),
      ]),
    ),
  };
}

function short(texts: Texts): Texts {
  const [only] = texts;
  return typeof texts !== 'string' && texts.length === 1 && only !== undefined ? only : texts;
}
