/**
 * A policy that cannot be judged. `malformed`: AWS itself would refuse the document (IAM JSON policy grammar);
 * `unsupported`: AWS may accept it, but this evaluator does not know it and must not guess.
 */
export class PolicyProblem extends Error {
  readonly kind: 'malformed' | 'unsupported';

  constructor(kind: 'malformed' | 'unsupported', message: string) {
    super(message);
    this.name = 'PolicyProblem';
    this.kind = kind;
  }
}

export function malformed(message: string): PolicyProblem {
  return new PolicyProblem('malformed', message);
}

export function unsupported(message: string): PolicyProblem {
  return new PolicyProblem('unsupported', message);
}
