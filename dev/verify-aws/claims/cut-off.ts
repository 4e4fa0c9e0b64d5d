import { allHold, type Claim, unclear } from '../claim.ts';
import type { Answer } from '../probe.ts';

const aheadMs = 8_000;
const afterMs = 3_000;
const pauseMs = 250;
// AWS dates its answers in whole seconds, and judges a call a moment before it answers.
const toleranceMs = 1_000;

/** A session is cut off by its own policy at the second that Daypass writes into it, long before it expires. */
export const cutOffToTheSecond: Claim = {
  id: 'cut-off.second',
  says: 'A session is denied everything from the second in its policy on, though its credentials live on.',
  source: 'IAM User Guide, "AWS global condition context keys", aws:CurrentTime',
  how: 'A session of 900 s is cut off 8 s ahead by AWS’s clock and called four times a second, until 3 s after; AWS’s own dates of the answers are compared with the second.',
  needs: [],
  async look(site) {
    const first = await site.session((await site.lend()).credentials).listBuckets.ask();
    if (first.at === null) return unclear('AWS did not date its answer.');
    if (first.kind !== 'allowed') return unclear(`The role may not list buckets (${first.text}).`);
    const cut = new Date(first.at.getTime() + aheadMs);
    const session = site.session((await site.lend({ accessEndsAt: cut })).credentials);
    const answers: Answer[] = [];
    const end = site.clock().getTime() + aheadMs + afterMs + 60_000;
    for (let at = first.at; at.getTime() < cut.getTime() + afterMs; ) {
      const answer = await session.listBuckets.ask();
      answers.push(answer);
      at = answer.at ?? at;
      if (site.clock().getTime() > end) return unclear('AWS’s clock did not get to the second.');
      await site.wait(pauseMs);
    }
    return judge(answers, cut);
  },
};

function judge(answers: readonly Answer[], cut: Date) {
  const offset = ({ at }: Answer) => ((at ?? cut).getTime() - cut.getTime()) / 1000;
  const allowed = answers.filter(({ kind }) => kind === 'allowed').map(offset);
  const denied = answers.filter(({ kind }) => kind === 'denied').map(offset);
  const others = answers.filter(({ kind }) => kind === 'other');
  const other = others[0];
  if (other !== undefined) return unclear(`AWS answered neither yes nor no: ${other.text}`);
  const tolerance = toleranceMs / 1000;
  return allHold(
    `All ${allowed.length} calls before were answered, all ${denied.length} from then on denied.`,
    [
      ...(allowed.length === 0 ? ['nothing was allowed before'] : []),
      ...(denied.length === 0 ? ['nothing was denied after'] : []),
      ...(allowed.some((seconds) => seconds >= tolerance) ? ['a call was allowed after the second'] : []),
      ...(denied.some((seconds) => seconds < -tolerance) ? ['a call was denied before the second'] : []),
    ],
    {
      'last allowed, seconds after': allowed.slice(-1),
      'first denied, seconds after': denied.slice(0, 1),
    },
  );
}
