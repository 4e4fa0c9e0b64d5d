import { evaluate } from '../../dev/aws/iam/evaluate.ts';
import { parsePolicy } from '../../dev/aws/iam/policy.ts';

export interface Call {
  readonly action: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
}

const everything = parsePolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  'identity',
);
const longAgo = '2000-01-01T00:00:00Z';

/** Would AWS let the call through, from a session of a role that may do everything? */
export function allows(sessionPolicy: string, call: Call): boolean {
  return evaluate(
    {
      action: call.action,
      resource: call.resource ?? '*',
      context: { 'aws:CurrentTime': longAgo, ...call.context },
    },
    { identity: [everything], session: [parsePolicy(sessionPolicy, 'identity')] },
  ).allowed;
}
