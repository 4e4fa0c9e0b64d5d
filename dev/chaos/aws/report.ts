import type { AwsCampaignResult } from './campaign.ts';

/** What a campaign against AWS did and found, as text that can go into a document. */
export function awsSummary(result: AwsCampaignResult): string {
  const { seen, kills, tried, violations } = result;
  const { end, lapse, stay, failed } = seen.done;
  return [
    `${end + lapse + stay + failed} lifecycles: ${end} ended early, ${lapse} left to end by themselves, ${stay} live on, ${failed} never began.`,
    `${kills.first + kills.second} times SIGKILL: ${kills.first} of the first Daypass, ${kills.second} of the second.`,
    `Faults that AWS played: ${list(result.faults)}.`,
    `Clients: ${seen.received.size} credentials received, ${seen.opened.size} opened at the portal; ${seen.ledger.retries.broken} calls repeated`,
    `over a broken connection, ${seen.ledger.retries.unavailable} after a 502, 503 or 429.`,
    `Left behind: ${list(result.counts)}.`,
    `Credentials tried: ${tried.dead} that should be dead, ${tried.alive} of live grants, ${tried.neighbours} of others;`,
    `${tried.leftToExpire} are left to expire (portal sessions of natural ends, what STS lent by mistake and nobody received).`,
    '',
    violations.length === 0
      ? 'Nothing that should be dead is alive, nothing alive is missing in the database, and nobody else was touched.'
      : `BROKEN PROMISES (${violations.length}):\n${violations
          .slice(0, 50)
          .map((text) => `  - ${text}`)
          .join('\n')}`,
  ].join('\n');
}

function list(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');
}
