import { parseOperator, type Operator } from './operators.ts';
import { malformed, unsupported } from './problem.ts';

export type PolicyDocument = Record<string, unknown>;

/**
 * `identity` also means boundaries, session policies and service control policies: they share one grammar. `trust` is a role's trust
 * policy; `resource` any other resource-based one.
 */
export type PolicyKind = 'identity' | 'trust' | 'resource';

export interface Condition {
  operator: Operator;
  key: string;
  values: string[];
}

export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: { not: boolean; patterns: string[] };
  resources: { not: boolean; patterns: string[] } | null;
  /** AWS principals of a resource-based policy, `*` for everyone; `not` for NotPrincipal. Null in identity policies. */
  principals: { not: boolean; names: string[] } | null;
  conditions: Condition[];
}

export interface Policy {
  statements: Statement[];
}

const TOP_KEYS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_KEYS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const PRINCIPAL_TYPES = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

/**
 * Reads a policy document (JSON text or an object) by the grammar that AWS documents
 * (IAM User Guide, "Grammar of the IAM JSON policy language").
 * @throws PolicyProblem `malformed` where AWS would refuse it, `unsupported` where this evaluator does not know it.
 */
export function parsePolicy(source: string | PolicyDocument, kind: PolicyKind): Policy {
  const document = typeof source === 'string' ? parseJson(source) : source;
  const top = object(document, 'Syntax errors in policy.');
  onlyKeys(top, TOP_KEYS);
  const version = top['Version'];
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    throw malformed(`The policy must contain a valid version string, not ${JSON.stringify(version)}.`);
  }
  const raw = top['Statement'];
  const list = Array.isArray(raw) ? raw : [raw];
  if (raw === undefined || list.length === 0) throw malformed('Syntax errors in policy: no Statement.');
  const sids = new Set<string>();
  return { statements: list.map((item) => parseStatement(item, kind, sids)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
}

function parseStatement(raw: unknown, kind: PolicyKind, sids: Set<string>): Statement {
  const statement = object(raw, 'Syntax errors in policy: a Statement is not an object.');
  onlyKeys(statement, STATEMENT_KEYS);
  checkSid(statement['Sid'], sids);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed(`Invalid effect: ${JSON.stringify(effect)}`);
  const actions = oneOf(statement, 'Action', 'NotAction');
  if (!actions) throw malformed('Policy statement must contain actions.');
  for (const action of actions.patterns) {
    if (!/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action)) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  return {
    effect,
    actions,
    resources: parseResources(statement, kind),
    principals: parsePrincipals(statement, kind, effect),
    conditions: parseConditions(statement['Condition']),
  };
}

function checkSid(sid: unknown, seen: Set<string>): void {
  if (sid === undefined) return;
  if (typeof sid !== 'string' || !/^[A-Za-z0-9]*$/.test(sid)) {
    throw malformed('Statement IDs (SID) must be alpha-numeric.');
  }
  if (sid !== '' && seen.has(sid)) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  seen.add(sid);
}

function parseResources(statement: Record<string, unknown>, kind: PolicyKind): Statement['resources'] {
  const resources = oneOf(statement, 'Resource', 'NotResource');
  if (kind === 'trust') {
    if (resources) throw malformed('Has prohibited field Resource.');
    return null;
  }
  if (!resources) throw malformed('Policy statement must contain resources.');
  for (const resource of resources.patterns) {
    refuseVariables(resource);
    if (resource !== '*' && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/s.test(resource)) {
      throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
    // AWS, "IAM JSON policy elements: Resource": no wildcard in the segment that identifies the service.
    const vendor = resource.split(':')[2] ?? '';
    if (/[*?]/.test(vendor)) throw malformed(`The vendor ${vendor} is not valid.`);
  }
  return resources;
}

function parsePrincipals(
  statement: Record<string, unknown>,
  kind: PolicyKind,
  effect: Statement['effect'],
): Statement['principals'] {
  const { Principal: given, NotPrincipal: except } = statement;
  if (kind === 'identity') {
    if (given !== undefined || except !== undefined)
      throw malformed('Policy document should not specify a principal.');
    return null;
  }
  if (except === undefined) return { not: false, names: principalNames(given) };
  // AWS, "IAM JSON policy elements: NotPrincipal": not in trust policies, and with Deny only.
  if (kind === 'trust' || effect === 'Allow' || given !== undefined)
    throw malformed('Has prohibited field NotPrincipal.');
  return { not: true, names: principalNames(except) };
}

function principalNames(principal: unknown): string[] {
  if (principal === undefined) throw malformed('Missing required field Principal.');
  if (principal === '*') return ['*'];
  const byType = object(principal, 'Invalid principal in policy.');
  for (const type of Object.keys(byType)) {
    if (!PRINCIPAL_TYPES.has(type)) throw malformed(`Invalid principal in policy: ${type}`);
  }
  // Service, Federated and CanonicalUser principals never call here, so their statements match nobody.
  return byType['AWS'] === undefined ? [] : strings(byType['AWS'], 'Principal');
}

function parseConditions(raw: unknown): Condition[] {
  if (raw === undefined) return [];
  const conditions: Condition[] = [];
  for (const [name, block] of Object.entries(object(raw, 'Syntax errors in policy: Condition.'))) {
    const operator = parseOperator(name);
    for (const [key, value] of Object.entries(object(block, `Syntax errors in policy: ${name}.`))) {
      const values = (Array.isArray(value) ? value : [value]).map((item: unknown) => {
        if (!['string', 'number', 'boolean'].includes(typeof item))
          throw malformed(`Invalid value for ${key}.`);
        return String(item);
      });
      values.forEach(refuseVariables);
      // Comparing throws on a policy value of the wrong type: it is refused here even if no request ever asks.
      values.forEach((text) => operator.compare?.(text, operator.sample));
      conditions.push({ operator, key, values });
    }
  }
  return conditions;
}

/** Policy variables would have to be resolved; a wrong guess here would be a wrong decision. */
function refuseVariables(text: string): void {
  if (text.includes('${')) throw unsupported(`Policy variables are not judged here: ${text}`);
}

function oneOf(
  statement: Record<string, unknown>,
  name: string,
  notName: string,
): { not: boolean; patterns: string[] } | null {
  if (name in statement && notName in statement)
    throw malformed(`${name} and ${notName} exclude each other.`);
  if (name in statement) return { not: false, patterns: strings(statement[name], name) };
  if (notName in statement) return { not: true, patterns: strings(statement[notName], notName) };
  return null;
}

function strings(value: unknown, name: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string' || item === '') throw malformed(`Syntax errors in policy: ${name}.`);
    return item;
  });
}

function object(value: unknown, message: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(message);
  return value as Record<string, unknown>;
}

function onlyKeys(value: Record<string, unknown>, known: Set<string>): void {
  for (const key of Object.keys(value)) {
    if (!known.has(key)) throw malformed(`Syntax errors in policy: unknown element ${key}.`);
  }
}
