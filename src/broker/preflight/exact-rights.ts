import type { RoleRights } from '../../aws/inspect-account.ts';
import { globMatches } from '../../catalog/policy/glob.ts';
import { readStatements, type Statement, UnreadablePolicyError } from './policy-statements.ts';

/** What a role of Daypass's own may do, and nothing else. */
export interface ExpectedRights {
  readonly actions: readonly string[];
  /** May this be among the resources? */
  readonly resource: (arn: string) => boolean;
}

export interface RightsVerdict {
  /** What it may do and should not. */
  readonly spare: readonly string[];
  /** Actions that it needs and that nothing lets it take for certain. */
  readonly missing: readonly string[];
  /** What stands in its policies and is not judged. */
  readonly unjudged: readonly string[];
}

/** Compares a role's policies with what they should be. Pure; what it cannot judge it names. */
export function compareRights(rights: RoleRights, expected: ExpectedRights): RightsVerdict {
  const spare: string[] = rights.attached.map((arn) => `all of the attached policy ${arn}`);
  const unjudged: string[] = [];
  const given = new Set<string>();
  for (const { name, document } of rights.inline) {
    try {
      for (const one of readStatements(document)) judge(one, name, expected, { spare, unjudged, given });
    } catch (problem) {
      if (!(problem instanceof UnreadablePolicyError)) throw problem;
      unjudged.push(`policy ${name} (${problem.message})`);
    }
  }
  const missing = expected.actions.filter(
    (action) => ![...given].some((pattern) => globMatches(pattern, action)),
  );
  // What is not judged may be what gives them.
  return {
    spare: [...new Set(spare)],
    missing: unjudged.length > 0 ? [] : missing,
    unjudged: [...new Set(unjudged)],
  };
}

interface Noted {
  readonly spare: string[];
  readonly unjudged: string[];
  readonly given: Set<string>;
}

function judge(
  one: Statement,
  policy: string,
  expected: ExpectedRights,
  { spare, unjudged, given }: Noted,
): void {
  if (!one.allow) {
    unjudged.push(`a deny in policy ${policy}`);
    return;
  }
  if (one.conditions.length > 0) unjudged.push(`conditions in policy ${policy}`);
  const { actions, resources } = one;
  if (actions.not) spare.push(`everything but ${actions.patterns.join(', ')}`);
  if (resources === null || resources.not)
    spare.push(`something on resources that policy ${policy} does not name`);
  const wrong =
    resources === null || resources.not ? [] : resources.patterns.filter((arn) => !expected.resource(arn));
  const right = resources !== null && !resources.not && resources.patterns.length > wrong.length;
  const wanted = new Set(expected.actions.map((action) => action.toLowerCase()));
  for (const action of actions.not ? [] : actions.patterns) {
    if (!wanted.has(action.toLowerCase())) spare.push(action);
    else if (wrong.length > 0) spare.push(`${action} on ${wrong.join(', ')}`);
    if (right && one.conditions.length === 0) given.add(action);
  }
}
