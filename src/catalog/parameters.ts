import { formatList } from './wording.ts';
import type { Parameter } from './types.ts';

interface ParameterType {
  /** What a value looks like, for people. */
  readonly title: string;
  /** Anchored. No wildcard, quote, backslash, `$`, brace or space ever; no colon where `inArn`. */
  readonly pattern: RegExp;
  /** Most characters where the catalog says nothing. */
  readonly length: number;
  /** Most characters that AWS takes. */
  readonly longest: number;
  /** May stand in an ARN: nothing in it ends a part of one. */
  readonly inArn: boolean;
}

const type = (
  title: string,
  pattern: RegExp,
  longest: number,
  { length = longest, inArn = true }: { length?: number; inArn?: boolean } = {},
): ParameterType => ({ title, pattern, length, longest, inArn });

/** The kinds of value that a choice can ask for, each as narrow as AWS's own rule for such names, and never wider than safe. */
export const parameterTypes: Readonly<Record<string, ParameterType>> = {
  'account-id': type('an account id of 12 digits', /^[0-9]{12}$/, 12),
  'dynamodb-table': type('the name of a DynamoDB table', /^[A-Za-z0-9_.-]{3,255}$/, 255, { length: 64 }),
  'ec2-instance': type('an instance id such as i-0123456789abcdef0', /^i-[0-9a-f]{8,17}$/, 19),
  'ecs-cluster': type('the name of an ECS cluster', /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/, 255, { length: 64 }),
  'eks-cluster': type('the name of an EKS cluster', /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 100, { length: 64 }),
  'kms-key': type(
    'a key id such as 1234abcd-12ab-34cd-56ef-1234567890ab',
    /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    36,
  ),
  'lambda-function': type('the name of a Lambda function', /^[A-Za-z0-9_-]{1,64}$/, 64),
  'log-group': type('the name of a log group', /^[A-Za-z0-9_./#-]{1,512}$/, 512, { length: 128 }),
  name: type('letters, digits, - and _', /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, 128, { length: 64 }),
  'rds-database': type('the name of an RDS instance or cluster', /^[A-Za-z](?:-?[A-Za-z0-9]){0,62}$/, 63),
  region: type('a region such as eu-west-1', /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]$/, 25),
  's3-bucket': type('the name of a bucket', /^[a-z0-9](?:\.?[a-z0-9-]){1,62}$/, 63),
  's3-prefix': type(
    'the beginning of object keys, such as team/reports',
    /^[A-Za-z0-9_=.-]+(?:\/[A-Za-z0-9_=.-]+)*$/,
    512,
    {
      length: 128,
    },
  ),
  'secret-name': type('the name of a secret', /^[A-Za-z0-9/_+=.@-]{1,512}$/, 512, { length: 128 }),
  'sqs-queue': type('the name of a queue', /^[A-Za-z0-9_-]{1,80}(?:\.fifo)?$/, 80),
  'tag-value': type(
    'the value of a tag',
    /^[A-Za-z0-9_.:/=+@-](?:[A-Za-z0-9 _.:/=+@-]{0,254}[A-Za-z0-9_.:/=+@-])?$/,
    256,
    {
      length: 64,
      inArn: false,
    },
  ),
};

/** What is wrong with a value, as the end of a sentence that begins with the parameter's name; null when nothing is. */
export function valueFault(parameter: Parameter, value: string): string | null {
  const known = Object.hasOwn(parameterTypes, parameter.type) ? parameterTypes[parameter.type] : undefined;
  if (known === undefined) return 'has a type that Daypass does not know';
  if (parameter.values !== null && !parameter.values.includes(value)) {
    return `must be one of ${formatList(parameter.values)}`;
  }
  if (value.length > parameter.maxLength) return `must have at most ${parameter.maxLength} characters`;
  return known.pattern.test(value) ? null : `must be ${known.title}`;
}

const placeholder = /\{([^{}]*)\}/g;

/** Names of the parameters that a text has places for. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
}

/**
 * Fills values into a text, once: what a value holds is never read as a place again.
 * @throws Error when a value is missing
 */
export function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(placeholder, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`no value for ${name}`);
    return value;
  });
}
