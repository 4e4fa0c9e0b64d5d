import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { quoted } from '../lookalike.ts';
import { functions, NoAnswer } from './functions.ts';
import { ConditionFault } from './inspect.ts';
import { macros, methods } from './vocabulary.ts';

/** What is wrong with a condition, from the error that its check threw. */
export function faultOf(error: unknown, source: string): string {
  if (error instanceof ConditionFault) return error.message;
  if (!(error instanceof ParseError || error instanceof CelTypeError))
    return 'cannot be read: it is nested too deeply or damaged';
  if (error.code === 'limit_exceeded')
    return 'is too large or nested too deeply: split it into several rules';
  const { range } = error;
  const snippet = range === undefined ? '' : source.slice(range.start, range.end);
  const where = snippet === '' ? '' : ` in ${quoted(snippet)}`;
  const usage = error.code === 'no_matching_overload' ? usageOf(error.node?.args) : undefined;
  if (usage !== undefined) return `the types do not fit${where}: write it such as ${usage}`;
  return `${plain(error.summary)}${where}`;
}

/** Why a condition has no answer for the facts at hand, from the error that its evaluation threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  if (!(error instanceof EvaluationError)) return 'the condition could not be worked out';
  const { node } = error;
  if (error.code === 'unknown_variable' && node?.op === 'id' && node.args === 'address') {
    return 'the network address of the request is not known';
  }
  if (error.code === 'no_such_key' && (node?.op === '.' || node?.op === '[]')) {
    const [holder, key] = node.args;
    const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
    if (holder.op === 'id' && holder.args === 'onCall') {
      return `the on-call schedule ${String(name)} cannot be read`;
    }
    if (holder.op === '.' && holder.args[1] === 'tags') {
      return typeof name === 'string'
        ? `the account has no tag ${quoted(name)}`
        : 'the account has no such tag';
    }
  }
  return `the condition could not be worked out: ${plain(error.summary)}`;
}

/** How what is called there is written, given the operands of a call: the name comes first. */
function usageOf(operands: unknown): string | undefined {
  const name = Array.isArray(operands) ? String(operands[0]) : '';
  return [functions, methods, macros].find((table) => Object.hasOwn(table, name))?.[name]?.usage;
}

/** The words of cel-js with the names of types as people write them. */
function plain(summary: string): string {
  const named = summary
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration');
  return `${named.charAt(0).toLowerCase()}${named.slice(1)}`;
}
