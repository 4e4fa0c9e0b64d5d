import type { Explanation } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { nameOf } from './people.ts';
import { printable } from './printable.ts';

type Step = Explanation['steps'][number];

/** The whole chain of reasons, from who it is to who would be asked. */
export function explanationText(explanation: Explanation): string {
  const { entitlement, person, catalogVersion, checks, rules, decidedBy, steps, schedules } = explanation;
  const sections = [
    [`${nameOf(person)} and ${entitlement}: ${outcomeText(explanation)}`, `by the catalog ${catalogVersion}`],
    ['Assumed', ...assumedLines(explanation).map(indented)],
    [
      'Before any rule',
      ...checks.map(({ ok, rule, reason }) => indented(`${ok ? 'yes' : 'NO '}  ${reason} (${rule})`)),
    ],
    ...(schedules.length === 0
      ? []
      : [
          [
            'On call',
            ...schedules.map(({ name, known, because }) =>
              indented(
                known
                  ? `the schedule ${name} is known`
                  : `the schedule ${name} is not known: ${because ?? ''}`,
              ),
            ),
          ],
        ]),
    ['Rules', ...(rules.length === 0 ? ['  none'] : rules.map(ruleLine))],
    ...(decidedBy === null ? [] : [[`Decided by ${decidedBy.rule}: ${decidedBy.because}`]]),
    [decidedBy === null ? 'Steps' : 'Steps, were no rule to decide', ...steps.flatMap(stepLines)],
    ['Proof', ...proofLines(explanation).map(indented)],
  ];
  return `${sections.map((lines) => lines.map(printable).join('\n')).join('\n\n')}\n`;
}

const indented = (line: string) => `  ${line}`;

function outcomeText({ outcome, unsatisfiable }: Explanation): string {
  switch (outcome) {
    case 'refused':
      return 'would be refused';
    case 'approved':
      return 'would be approved at once';
    case 'people':
      return unsatisfiable === null
        ? 'people would be asked'
        : `people would be asked, and nobody who is known could meet the step ${unsatisfiable}`;
  }
}

function assumedLines({ assumed }: Explanation): string[] {
  const { at, durationSeconds, ticket, reason, assurance, address } = assumed;
  return [
    `asked at ${at} for ${formatDuration(durationSeconds)}`,
    `${ticket === null ? 'without a ticket' : `with the ticket ${ticket}`}, ${reason === '' ? 'no reason given' : `because: ${reason}`}`,
    `${assurance.level}, proven ${assurance.ageSeconds} seconds before, from ${address ?? 'an address that is not known'}`,
  ];
}

function ruleLine({ rule, effect, answer, reason, because }: Explanation['rules'][number]): string {
  const does = effect === 'deny' ? 'denies' : 'approves';
  const said = {
    yes: `holds and ${does}: ${because}`,
    no: `does not hold (it ${does}: ${because})`,
    unknown: `has no answer, so it ${effect === 'deny' ? 'denies' : 'does not match'}: ${reason ?? ''}`,
  }[answer];
  return `  ${rule} ${said}`;
}

function stepLines({ rule, whom, needed, asked, condition, people, escalates, delegates }: Step): string[] {
  const names = people.length === 0 ? 'nobody who is known' : people.map(nameOf).join(', ');
  const when =
    condition === null
      ? []
      : [
          `    only where ${condition.text}: ${condition.answer === 'unknown' ? `no answer (${condition.reason ?? ''}), so it is asked` : condition.answer}`,
        ];
  if (!asked) return [`  ${rule} is left out`, ...when];
  return [
    `  ${rule} asks ${needed} of ${whom}: ${names}`,
    ...when,
    ...(escalates === null
      ? []
      : [
          `    after ${formatDuration(escalates.afterSeconds)} also ${escalates.whom}: ${escalates.people.map(nameOf).join(', ') || 'nobody who is known'}`,
        ]),
    ...(delegates === null ? [] : [`    may be handed over to ${delegates}`]),
  ];
}

function proofLines({ assurance }: Explanation): string[] {
  return (['ask', 'approve', 'issue'] as const).map((when) => {
    const { level, maxAgeSeconds } = assurance[when];
    const age = maxAgeSeconds === null ? '' : `, at most ${formatDuration(maxAgeSeconds)} before`;
    return `${{ ask: 'asking', approve: 'answering', issue: 'the first session' }[when]} takes ${level}${age}`;
  });
}
