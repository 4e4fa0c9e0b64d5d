import type { ASTNode } from '@marcbachmann/cel-js';
import { quoted } from '../lookalike.ts';
import { didYouMean } from '../nearest.ts';
import { functions } from './functions.ts';
import { macros, methods, types, variables } from './vocabulary.ts';
import { comparisonFault } from './words.ts';

/** Names that a condition takes from the catalog. */
export interface Uses {
  readonly schedules: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** What is wrong with a condition, for whoever wrote it. */
export class ConditionFault extends Error {}

/**
 * Walks a parsed condition before its types are checked: it may name only what there is, lists may not be gone through
 * within lists, and texts that mean something (time zones, networks, days, levels) must be written out and exist.
 * Throws ConditionFault.
 */
export function inspect(condition: ASTNode): Uses {
  const inspector = new Inspector();
  inspector.look(condition);
  return inspector;
}

class Inspector implements Uses {
  readonly schedules = new Set<string>();
  readonly groups = new Set<string>();
  /** The name that the macro around this gives to each entry of its list. */
  private entry: string | null = null;

  look(node: ASTNode): void {
    switch (node.op) {
      case 'value':
        return;
      case 'id':
        return this.name(node.args);
      case '.':
        return this.field(node.args[0], node.args[1]);
      case '[]':
        return this.index(node.args[0], node.args[1]);
      case 'call':
        return this.call(node.args[0], node.args[1]);
      case 'rcall':
        return this.method(node.args[0], node.args[1], node.args[2]);
      case 'list':
      case '?:':
      case '||':
      case '&&':
        for (const part of node.args) this.look(part);
        return;
      case '!_':
      case '-_':
        return this.look(node.args);
      case 'map':
      case '.?':
      case '[?]':
        throw new ConditionFault('maps and optional values cannot be written here');
      case '==':
      case '!=':
      case 'in':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return this.operate(node.op, node.args[0], node.args[1]);
    }
    throw new ConditionFault('has something in it that conditions do not know');
  }

  private name(name: string): void {
    if (name === this.entry) return;
    if (name === 'onCall') throw new ConditionFault('onCall is asked by schedule only: write onCall.primary');
    if (Object.hasOwn(variables, name)) return;
    const known = Object.keys(variables);
    throw new ConditionFault(
      `nothing is named ${quoted(name)}${didYouMean(name, known) || `: known are ${known.join(', ')}`}`,
    );
  }

  private field(holder: ASTNode, field: string): void {
    if (this.isOnCall(holder)) {
      this.schedules.add(field);
      return;
    }
    this.look(holder);
    const type = this.typeOf(holder);
    const fields = type === undefined ? undefined : types[type];
    if (type === 'Requester' && field === 'groups' && this.entry !== null) {
      throw new ConditionFault('requester.groups may not be gone through once for every entry of a list');
    }
    if (fields === undefined || Object.hasOwn(fields, field)) return;
    const known = Object.keys(fields);
    throw new ConditionFault(
      `there is no ${quoted(field)} here${didYouMean(field, known) || `: known are ${known.join(', ')}`}`,
    );
  }

  private index(holder: ASTNode, index: ASTNode): void {
    if (this.isOnCall(holder)) {
      if (index.op !== 'value' || typeof index.args !== 'string') {
        throw new ConditionFault('the schedule must be written out: onCall["primary"]');
      }
      this.schedules.add(index.args);
      return;
    }
    const type = this.typeOf(holder);
    if (type !== undefined && Object.hasOwn(types, type))
      throw new ConditionFault('fields are written with a dot');
    this.look(holder);
    this.look(index);
  }

  private call(name: string, values: readonly ASTNode[]): void {
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (known === undefined) {
      const names = Object.keys(functions);
      throw new ConditionFault(
        `no function is named ${quoted(name)}${didYouMean(name, names) || `: known are ${names.join(', ')}`}`,
      );
    }
    if (values.length !== known.arity) throw new ConditionFault(`${name} is written as ${known.usage}`);
    if (known.constant !== undefined) {
      const value = values[known.constant.index];
      if (value?.op !== 'value' || typeof value.args !== 'string') {
        throw new ConditionFault(`${name} needs a text that is written out, as in ${known.usage}`);
      }
      const fault = known.constant.fault(value.args);
      if (fault !== null) throw new ConditionFault(fault);
    }
    if (name === 'has') this.asked(values[0]);
    for (const value of values) this.look(value);
  }

  /** A schedule that cannot be read must not look like one that is not there. */
  private asked(value: ASTNode | undefined): void {
    if (value?.op === '.' && this.typeOf(value.args[0]) === 'map<string, string>') return;
    throw new ConditionFault(`has asks for a tag: ${functions['has']?.usage ?? ''}`);
  }

  private method(name: string, receiver: ASTNode, values: readonly ASTNode[]): void {
    this.look(receiver);
    if (Object.hasOwn(macros, name)) return this.macro(name, values);
    const known = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (known === undefined) throw new ConditionFault(missingMethod(name));
    if (values.length !== known.arity) {
      const zone = name.startsWith('get') ? ' in UTC; with a time zone, use weekday, timeOfDay or date' : '';
      throw new ConditionFault(`${name} is written as ${known.usage}${zone}`);
    }
    for (const value of values) this.look(value);
  }

  private macro(name: string, [entry, says, ...rest]: readonly ASTNode[]): void {
    if (entry?.op !== 'id' || says === undefined || rest.length > 0) {
      throw new ConditionFault(`${name} is written as ${macros[name]?.usage ?? ''}`);
    }
    if (this.entry !== null) {
      throw new ConditionFault('a list may not be gone through once for every entry of another');
    }
    if (Object.hasOwn(variables, entry.args)) {
      throw new ConditionFault(`${quoted(entry.args)} is a name already: call the entry otherwise`);
    }
    this.entry = entry.args;
    this.look(says);
    this.entry = null;
  }

  private operate(op: string, left: ASTNode, right: ASTNode): void {
    this.look(left);
    this.look(right);
    const fault = comparisonFault(op, left, right);
    if (fault !== null) throw new ConditionFault(fault);
    if (op === 'in' && this.typeOf(right) === 'list<string>' && left.op === 'value') {
      if (typeof left.args === 'string') this.groups.add(left.args);
    }
  }

  private isOnCall(node: ASTNode): boolean {
    return node.op === 'id' && node.args === 'onCall' && this.entry !== 'onCall';
  }

  /** The type of a variable or of a field of one; undefined for whatever else. */
  private typeOf(node: ASTNode): string | undefined {
    if (node.op === 'id') return Object.hasOwn(variables, node.args) ? variables[node.args] : undefined;
    if (node.op !== '.') return undefined;
    const holder = this.typeOf(node.args[0]);
    const fields = holder !== undefined && Object.hasOwn(types, holder) ? types[holder] : undefined;
    return fields !== undefined && Object.hasOwn(fields, node.args[1]) ? fields[node.args[1]] : undefined;
  }
}

function missingMethod(name: string): string {
  if (name === 'matches') {
    return `matches could take too long on a hostile text: write ${functions['looksLike']?.usage ?? ''}, for whole texts of up to 100 characters`;
  }
  const names = [...Object.keys(methods), ...Object.keys(macros)];
  return `no method is named ${quoted(name)}${didYouMean(name, names) || `: known are ${names.join(', ')}`}`;
}
