import { claims } from './claims.ts';
import { optionOf } from './run.ts';

export const begins = '<!-- claims: from dev/verify-aws/claims.ts -->';
export const ends = '<!-- end of claims -->';
const status = 'unproven: not run on a real account yet';

/** The list of claims as docs/verify-aws.md has it, between its two marks. */
export function claimsMarkdown(): string {
  const rows = claims.map(({ id, says, source, how, needs }) => {
    const needed = needs.length === 0 ? '' : ` Needs ${needs.map((need) => optionOf[need]).join(', and ')}.`;
    return `| \`${id}\` | ${says} | ${source} | ${how}${needed} | ${status} |`;
  });
  return [
    begins,
    '',
    '| claim | what Daypass says | where AWS says so | how it is looked at | status |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ends,
  ].join('\n');
}

/** The text with the list in it brought up to date. Throws when it lacks a mark. */
export function withClaims(text: string): string {
  const [from, to] = [text.indexOf(begins), text.indexOf(ends)];
  if (from < 0 || to < from) throw new Error('the document lacks the marks of the list of claims');
  return text.slice(0, from) + claimsMarkdown() + text.slice(to + ends.length);
}
