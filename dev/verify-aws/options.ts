import { parseArgs } from 'node:util';

export interface IdentityCenterOptions {
  readonly instanceArn: string;
  readonly identityStoreId: string;
  readonly permissionSetArn: string;
  /** UserId of a person of the identity store who is there for this. */
  readonly userId: string;
}

export interface VerifyOptions {
  /** The account that is looked at. */
  readonly account: string;
  /** The account as it was named a second time; null: ask for it. */
  readonly confirmed: string | null;
  /** ARN of the role that the credentials at hand must be of. */
  readonly brokerRoleArn: string;
  readonly targetRole: string;
  readonly boundaryPolicy: string;
  readonly denyWriterRole: string;
  readonly inspectorRole: string;
  /** Ids of claims, or beginnings of them; empty: all. */
  readonly only: readonly string[];
  /** How often the time until a deny is in force is measured. */
  readonly rounds: number;
  readonly json: boolean;
  readonly out: string | null;
  readonly bucket: string | null;
  readonly tag: { readonly key: string; readonly value: string } | null;
  readonly vpcEndpoint: string | null;
  readonly plainHttp: boolean;
  readonly externalId: { readonly role: string; readonly id: string } | null;
  /** A role of the account that trusts the target role, with tags and source identity, and has the boundary. */
  readonly onwardRole: string | null;
  readonly identityCenter: IdentityCenterOptions | null;
  readonly portalProfile: string | null;
}

/** The command line is not one: the message says what is missing. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `usage: npm run verify:aws -- --account <12 digits> --yes-this-account <the same> --broker-role <arn> [options]
       npm run verify:aws -- --list

  --target-role <name>      role of the account that is lent (daypass-readonly)
  --only <id,id…>           these claims, or those whose ids begin so
  --rounds <n>              how often the time until a deny is in force is measured (3)
  --json                    one JSON document on stdout
  --out <file.md>           also write a dated report
  --bucket <name>           a bucket of the account that the role may list, in AWS_REGION
  --tag <key=value>         a tag that the target role itself carries
  --vpc-endpoint <vpce-…>   calls to S3 go through this endpoint
  --plain-http              also call S3 once without TLS
  --external-id-role <name> --external-id <id>
  --onward-role <name>      a role that trusts the target role and has the boundary
  --identity-center-instance <arn> --identity-store <id> --permission-set <arn> --user <UserId>
  --portal-profile <name>   AWS profile of that user at the access portal (aws sso login before)
  --boundary-policy, --deny-writer-role, --inspector-role <name>   where they are not the standard ones
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** @throws UsageError */
export function readOptions(args: readonly string[]): VerifyOptions | 'list' {
  const given = parse(args);
  if (given.list) return 'list';
  const account = demand(given.account, 'account', /^\d{12}$/, 'twelve digits');
  const brokerRoleArn = demand(
    given['broker-role'],
    'broker-role',
    /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/,
    'the ARN of the role that Daypass runs as',
  );
  return {
    account,
    confirmed: given['yes-this-account'] ?? null,
    brokerRoleArn,
    targetRole: given['target-role'],
    boundaryPolicy: given['boundary-policy'],
    denyWriterRole: given['deny-writer-role'],
    inspectorRole: given['inspector-role'],
    only: given.only?.split(',').filter((id) => id !== '') ?? [],
    rounds: Number(demand(given.rounds, 'rounds', /^[1-9]\d?$/, 'a number from 1 to 99')),
    json: given.json,
    out: given.out ?? null,
    bucket: given.bucket ?? null,
    tag: readTag(given.tag),
    vpcEndpoint: given['vpc-endpoint'] ?? null,
    plainHttp: given['plain-http'],
    externalId: together(given, ['external-id-role', 'external-id'], ([role, id]) => ({ role, id })),
    onwardRole: given['onward-role'] ?? null,
    identityCenter: together(
      given,
      ['identity-center-instance', 'identity-store', 'permission-set', 'user'],
      ([instanceArn, identityStoreId, permissionSetArn, userId]) => {
        return { instanceArn, identityStoreId, permissionSetArn, userId };
      },
    ),
    portalProfile: given['portal-profile'] ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        account: text,
        'yes-this-account': text,
        'broker-role': text,
        'target-role': { ...text, default: 'daypass-readonly' },
        'boundary-policy': { ...text, default: 'daypass-boundary' },
        'deny-writer-role': { ...text, default: 'daypass-deny-writer' },
        'inspector-role': { ...text, default: 'daypass-inspector' },
        only: text,
        rounds: { ...text, default: '3' },
        json: flag,
        list: flag,
        out: text,
        bucket: text,
        tag: text,
        'vpc-endpoint': text,
        'plain-http': flag,
        'external-id-role': text,
        'external-id': text,
        'onward-role': text,
        'identity-center-instance': text,
        'identity-store': text,
        'permission-set': text,
        user: text,
        'portal-profile': text,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function demand(value: string | undefined, name: string, form: RegExp, what: string): string {
  if (value === undefined) throw new UsageError(`--${name} is missing: ${what}`);
  if (!form.test(value)) throw new UsageError(`--${name} must be ${what}`);
  return value;
}

function readTag(value: string | undefined): VerifyOptions['tag'] {
  if (value === undefined) return null;
  const [, key, rest] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
  if (key === undefined || rest === undefined) throw new UsageError('--tag must be key=value');
  return { key, value: rest };
}

/** Options that only mean something together. */
function together<const Names extends readonly string[], T>(
  given: Readonly<Record<string, unknown>>,
  names: Names,
  make: (values: { readonly [K in keyof Names]: string }) => T,
): T | null {
  const values = names.map((name) => given[name]);
  if (values.every((value) => value === undefined)) return null;
  const missing = names.find((name) => typeof given[name] !== 'string');
  if (missing !== undefined) {
    throw new UsageError(
      `--${missing} is missing: it goes with ${names.map((name) => `--${name}`).join(', ')}`,
    );
  }
  return make(values as unknown as { readonly [K in keyof Names]: string });
}
