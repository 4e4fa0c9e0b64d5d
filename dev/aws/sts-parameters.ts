import { AwsError } from './service.ts';

export interface AssumeRoleParameters {
  roleArn: string;
  sessionName: string;
  /** Seconds; undefined when the caller named none. */
  durationSeconds?: number;
  policy?: string;
  policyArns: string[];
  tags: { key: string; value: string }[];
  transitiveTagKeys: string[];
  externalId?: string;
  sourceIdentity?: string;
  /** Bytes. */
  minimumTokenSize: number;
}

const KNOWN = new Set([
  'RoleArn',
  'RoleSessionName',
  'PolicyArns',
  'Policy',
  'DurationSeconds',
  'Tags',
  'TransitiveTagKeys',
  'ExternalId',
  'SourceIdentity',
  'MinimumSessionTokenSize',
]);

// AWS STS API reference, AssumeRole, request parameters; characters of tags as in "Pass session tags in AWS STS".
const NAME = /^[\w+=,.@-]*$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]*$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const POLICY_TEXT = /^[\t\n\r\u0020-\u00FF]+$/;

/**
 * Checks everything that AssumeRole says about its parameters by themselves.
 * @throws AwsError ValidationError, in AWS's wording; NotImplemented for a parameter that this stand-in does not act on
 */
export function readAssumeRole(parameters: Record<string, unknown>): AssumeRoleParameters {
  const unknown = Object.keys(parameters).filter((name) => !KNOWN.has(name));
  if (unknown.length > 0)
    throw new AwsError('NotImplemented', `Not answered here: ${unknown.join(', ')}`, 501);

  const text = (name: string, min: number, max: number, form: RegExp): string | undefined => {
    const value = parameters[name];
    if (value === undefined) return undefined;
    return checkText(typeof value === 'string' ? value : '', lowerFirst(name), min, max, form);
  };
  const roleArn = required(text('RoleArn', 20, 2048, /^[\t\n\r\u0020-\u{10FFFF}]+$/u), 'roleArn');
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) throw invalid(`${roleArn} is invalid`);
  const sessionName = required(text('RoleSessionName', 2, 64, NAME), 'roleSessionName');
  const { SourceIdentity: given } = parameters;
  if (typeof given === 'string' && given.toLowerCase().startsWith('aws:')) {
    throw invalid('SourceIdentity must not begin with aws:, which is reserved for internal use.');
  }
  const sourceIdentity = text('SourceIdentity', 2, 64, NAME);
  const externalId = text('ExternalId', 2, 1224, EXTERNAL_ID);
  const policy = text('Policy', 1, 2048, POLICY_TEXT);
  const policyArns = items(parameters, 'PolicyArns').map((item) => field(item, 'arn', 'policyArns'));
  if (policyArns.length > 10)
    throw constraint(policyArns.join(), 'policyArns', 'Member must have length less than or equal to 10');
  if (policyArns.join('').length + (policy?.length ?? 0) > 2048) {
    // AWS: "the plaintext that you use for both inline and managed session policies can't exceed 2,048 characters".
    throw constraint(policy ?? '', 'policy', 'Member must have length less than or equal to 2048');
  }
  const durationSeconds = integer(parameters['DurationSeconds'], 'durationSeconds', 900, 43_200);
  const tags = readTags(parameters);
  return {
    roleArn,
    sessionName,
    policyArns,
    tags,
    transitiveTagKeys: readTransitiveKeys(parameters, tags),
    minimumTokenSize: integer(parameters['MinimumSessionTokenSize'], 'minimumSessionTokenSize', 0, 4096) ?? 0,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(policy === undefined ? {} : { policy }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

function readTags(parameters: Record<string, unknown>): { key: string; value: string }[] {
  const tags = items(parameters, 'Tags').map((item, i) => ({
    key: checkText(field(item, 'Key', 'tags'), `tags.${i + 1}.member.key`, 1, 128, TAG_TEXT),
    value: checkText(field(item, 'Value', 'tags'), `tags.${i + 1}.member.value`, 0, 256, TAG_TEXT),
  }));
  if (tags.length > 50)
    throw constraint(`${tags.length} tags`, 'tags', 'Member must have length less than or equal to 50');
  if (tags.some(({ key }) => key.toLowerCase().startsWith('aws:'))) {
    throw invalid('Tag keys beginning with aws: are reserved for system use.');
  }
  if (new Set(tags.map(({ key }) => key.toLowerCase())).size < tags.length) {
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  return tags;
}

function readTransitiveKeys(parameters: Record<string, unknown>, tags: { key: string }[]): string[] {
  const given = new Set(tags.map(({ key }) => key.toLowerCase()));
  const keys = items(parameters, 'TransitiveTagKeys').map((item) =>
    checkText(typeof item === 'string' ? item : '', 'transitiveTagKeys', 1, 128, TAG_TEXT),
  );
  if (keys.length > 50)
    throw constraint(
      `${keys.length} keys`,
      'transitiveTagKeys',
      'Member must have length less than or equal to 50',
    );
  if (keys.some((key) => !given.has(key.toLowerCase()))) {
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  }
  return keys;
}

function items(parameters: Record<string, unknown>, name: string): unknown[] {
  const value = parameters[name];
  if (value === undefined || value === '') return [];
  if (!Array.isArray(value)) throw constraint('', lowerFirst(name), 'Member must be a list');
  return value as unknown[];
}

function field(item: unknown, name: string, at: string): string {
  const value =
    typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[name] : undefined;
  return required(typeof value === 'string' ? value : undefined, at);
}

function checkText(value: string, at: string, min: number, max: number, form: RegExp): string {
  const length = Array.from(value).length;
  if (length < min) throw constraint(value, at, `Member must have length greater than or equal to ${min}`);
  if (length > max) throw constraint(value, at, `Member must have length less than or equal to ${max}`);
  if (!form.test(value))
    throw constraint(value, at, `Member must satisfy regular expression pattern: ${form.source}`);
  return value;
}

function integer(value: unknown, at: string, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) {
    throw new AwsError('MalformedInput', `Invalid integer at ${at}`);
  }
  if (Number(value) < min)
    throw constraint(value, at, `Member must have value greater than or equal to ${min}`);
  if (Number(value) > max) throw constraint(value, at, `Member must have value less than or equal to ${max}`);
  return Number(value);
}

function required(value: string | undefined, at: string): string {
  if (value !== undefined) return value;
  throw invalid(
    `1 validation error detected: Value null at '${at}' failed to satisfy constraint: Member must not be null`,
  );
}

function constraint(value: string, at: string, rule: string): AwsError {
  return invalid(
    `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`,
  );
}

/** AWS, "Common errors": ValidationError, 400. */
function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
