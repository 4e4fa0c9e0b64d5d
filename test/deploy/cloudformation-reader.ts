import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Attributes beside type and properties: DeletionPolicy and so on. */
  readonly attributes: JsonObject;
}

/** A file of deploy/cloudformation, as text. */
export function templateText(file: string): string {
  return readFileSync(new URL(`../../deploy/cloudformation/${file}`, import.meta.url), 'utf8');
}

/** A template's text as plain values; short tags become the functions that they stand for. Refuses what CloudFormation does. */
export function readTemplate(text: string): JsonObject {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: true });
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => error.message).join('\n'));
  return object(plain(document.contents));
}

/**
 * The resources of a template in one account, with these parameters: conditions decided, functions worked out.
 * @throws Error for a function or name that is not known here: nothing is skipped
 */
export function resources(
  template: JsonObject,
  parameters: Readonly<Record<string, Json>>,
  account: string,
): Resource[] {
  const values: Record<string, Json> = { 'AWS::AccountId': account, 'AWS::Partition': 'aws' };
  for (const [name, about] of Object.entries(object(template['Parameters'] ?? {}))) {
    const value = parameters[name] ?? object(about)['Default'];
    if (value === undefined) throw new Error(`the template needs ${name}`);
    const pattern = object(about)['AllowedPattern'];
    if (typeof pattern === 'string' && !new RegExp(pattern).test(word(value)))
      throw new Error(`${name} does not match ${pattern}`);
    values[name] = value;
  }
  const all = object(template['Resources'] ?? {});
  const context: Context = {
    values,
    conditions: object(template['Conditions'] ?? {}),
    resources: all,
    account,
  };
  return Object.entries(all).flatMap(([id, raw]) => {
    const { Type, Properties, Condition, ...attributes } = object(raw);
    if (Condition !== undefined && !holds(Condition, context)) return [];
    return [
      { id, type: word(Type ?? null), properties: object(work(Properties ?? {}, context)), attributes },
    ];
  });
}

interface Context {
  readonly values: Readonly<Record<string, Json>>;
  readonly conditions: JsonObject;
  readonly resources: JsonObject;
  readonly account: string;
}

function plain(node: unknown): Json {
  if (isScalar(node)) return tagged(node.tag, node.value as Json);
  if (isSeq(node)) return tagged(node.tag, node.items.map(plain));
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => [word(plain(key)), plain(value)] as const);
    return tagged(node.tag, Object.fromEntries(entries));
  }
  if (node === null) return null;
  throw new Error('CloudFormation takes no aliases in YAML');
}

function tagged(tag: string | undefined, value: Json): Json {
  if (tag === undefined || !/^![A-Z]/.test(tag)) return value;
  return { [tag === '!Ref' || tag === '!Condition' ? tag.slice(1) : `Fn::${tag.slice(1)}`]: value };
}

function work(value: Json, context: Context): Json {
  if (Array.isArray(value)) return value.map((item) => work(item, context));
  if (typeof value !== 'object' || value === null) return value;
  const [name = '', argument = null] = Object.entries(value)[0] ?? [];
  if (Object.keys(value).length !== 1 || !/^(Ref$|Fn::)/.test(name)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, work(item, context)]));
  }
  switch (name) {
    case 'Ref':
      return reference(word(argument), context);
    case 'Fn::GetAtt':
      return reference(word(argument).replace(/\.Arn$/, ''), context, true);
    case 'Fn::Sub': {
      const [text = null, own] = Array.isArray(argument) ? argument : [argument, {}];
      const names = object(work(own ?? {}, context));
      return word(text).replaceAll(/\$\{([^}]+)\}/g, (_, key: string) =>
        word(names[key] ?? reference(key, context)),
      );
    }
    case 'Fn::If': {
      const [condition = null, yes = null, no = null] = list(argument);
      return work(holds(condition, context) ? yes : no, context);
    }
    case 'Fn::Select': {
      const [index, items = null] = list(argument);
      return list(work(items, context))[Number(index)] ?? null;
    }
    case 'Fn::Split': {
      const [separator = null, text = null] = list(argument);
      return word(work(text, context)).split(word(separator));
    }
    default:
      throw new Error(`${name} is not known here`);
  }
}

function holds(condition: Json, context: Context): boolean {
  if (typeof condition === 'string') {
    const named = context.conditions[condition];
    if (named === undefined) throw new Error(`there is no condition ${condition}`);
    return holds(named, context);
  }
  const [name, argument = null] = Object.entries(object(condition))[0] ?? [];
  const operands = list(argument);
  if (name === 'Fn::Not') return !holds(operands[0] ?? null, context);
  if (name === 'Fn::Equals') return work(operands[0] ?? null, context) === work(operands[1] ?? null, context);
  throw new Error(`the condition ${String(name)} is not known here`);
}

/** What a reference to a parameter or resource gives: names of roles, ARNs of policies. */
function reference(name: string, context: Context, arn = false): Json {
  const value = context.values[name];
  if (value !== undefined) return value;
  const resource = context.resources[name];
  if (resource === undefined) throw new Error(`there is no ${name}`);
  const { Type, Properties = {} } = object(resource);
  const properties = object(Properties);
  if (Type === 'AWS::IAM::ManagedPolicy') {
    return `arn:aws:iam::${context.account}:policy/${word(work(properties['ManagedPolicyName'] ?? null, context))}`;
  }
  const roleName = word(work(properties['RoleName'] ?? null, context));
  return arn ? `arn:aws:iam::${context.account}:role/${roleName}` : roleName;
}

export function object(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('this is no map');
  return value;
}

export function list(value: Json): Json[] {
  if (!Array.isArray(value)) throw new Error('this is no list');
  return value;
}

/** A scalar as text. */
export function word(value: Json | undefined): string {
  if (value === undefined || value === null || typeof value === 'object') throw new Error('this is no text');
  return String(value);
}
