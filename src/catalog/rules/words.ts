import type { ASTNode } from '@marcbachmann/cel-js';
import { quoted } from '../lookalike.ts';
import { didYouMean } from '../nearest.ts';
import { assuranceLevels, weekDays } from '../types.ts';

/** What a text can be at all. To compare it with any other is a slip, and a rule that never matches. */
type Form =
  | { readonly values: readonly string[]; readonly order: string }
  | { readonly pattern: RegExp; readonly example: string };

const forms: Readonly<Record<string, Form>> = {
  'weekday()': {
    values: weekDays,
    order: 'days have no order here: list them, as in weekday(now, "Europe/Berlin") in ["sat", "sun"]',
  },
  'timeOfDay()': { pattern: /^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, example: '"08:00"' },
  'date()': { pattern: /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/, example: '"2026-12-24"' },
  'assurance.level': {
    values: assuranceLevels,
    order:
      'levels are texts, and their alphabet says nothing: write atLeast(assurance.level, "multi-factor")',
  },
  'entitlement.target': { values: ['role', 'permission-set'], order: 'targets have no order' },
};

/** What is wrong with a comparison by its words alone: a day that is none, a time that sorts wrongly. */
export function comparisonFault(op: string, left: ASTNode, right: ASTNode): string | null {
  return faultOf(op, left, right) ?? (op === 'in' ? null : faultOf(op, right, left));
}

function faultOf(op: string, side: ASTNode, other: ASTNode): string | null {
  const form = forms[nameOf(side)];
  if (form === undefined) return null;
  if ('values' in form && /^[<>]/.test(op)) return form.order;
  for (const text of textsOf(other)) {
    if ('pattern' in form) {
      if (!form.pattern.test(text)) {
        return `${nameOf(side)} is never ${quoted(text)}: write it such as ${form.example}`;
      }
    } else if (!form.values.includes(text)) {
      return `${nameOf(side)} is never ${quoted(text)}${didYouMean(text, form.values) || `: known are ${form.values.join(', ')}`}`;
    }
  }
  return null;
}

function nameOf(node: ASTNode): string {
  if (node.op === 'call') return `${node.args[0]}()`;
  return node.op === '.' && node.args[0].op === 'id' ? `${node.args[0].args}.${node.args[1]}` : '';
}

function textsOf(node: ASTNode): string[] {
  const nodes = node.op === 'list' ? node.args : [node];
  return nodes.flatMap(({ op, args }) => (op === 'value' && typeof args === 'string' ? [args] : []));
}
