import { lookUp, type RequestContext } from './context.ts';
import { boolean } from './operators.ts';
import type { Condition } from './policy.ts';
import { malformed, unsupported } from './problem.ts';

/** All conditions of a statement must hold (AWS: "Conditions with multiple context keys or values", logical AND). */
export function conditionsHold(conditions: Condition[], context: RequestContext): boolean {
  // No short cut: a condition that cannot be judged must be refused even beside one that fails.
  return conditions.map((condition) => holds(condition, context)).every(Boolean);
}

function holds(condition: Condition, context: RequestContext): boolean {
  const { operator, key, values } = condition;
  const found = lookUp(context, key);
  if (!operator.compare) {
    // AWS: Null is true when the key must be absent, false when it must be present.
    if (values.length !== 1 || values[0] === undefined) throw malformed(`Null takes one value: ${key}`);
    return boolean(values[0]) === (found === null);
  }
  const compare = operator.compare;
  const matches = (value: string): boolean => {
    const any = values.some((policyValue) => compare(policyValue, value));
    return operator.negated ? !any : any;
  };
  // AWS: "ForAllValues … also returns true if there are no keys in the request, or if the key values resolve to a null data set,
  // such as an empty string"; "ForAnyValue … returns false"; IfExists: true when the key is missing.
  const members = (found?.values ?? []).filter((value) => value !== '');
  if (operator.set === 'ForAllValues') return members.every(matches);
  if (!found) {
    if (operator.ifExists) return true;
    // AWS: a missing key fails the comparison; for a negated operator that means true.
    return operator.set === 'ForAnyValue' ? false : operator.negated;
  }
  if (operator.set === 'ForAnyValue') return members.some(matches);
  if (found.multivalued) {
    // AWS: "Use set operators with multivalued context keys"; without one the result is not documented.
    throw unsupported(`${key} holds several values and needs ForAllValues or ForAnyValue.`);
  }
  return matches(found.values[0] ?? '');
}
