import type { CampaignResult } from './campaign.ts';
import { phases } from './phases.ts';

/** What a campaign did and found, as text that can go into a document. */
export function summary(result: CampaignResult): string {
  const { kills, ledger, counts, violations } = result;
  const width = Math.max(...phases.map((phase) => phase.length));
  const histogram = phases.map((phase) => {
    const times = kills.filter((kill) => kill.phase === phase).length;
    const standing = kills.reduce((sum, { sight }) => sum + sight[phase], 0);
    return `  ${phase.padEnd(width)}  ${String(times).padStart(4)}  ${String(standing).padStart(5)}  ${'#'.repeat(Math.min(times, 60))}`;
  });
  const issuing = kills.map(({ sight }) => sight.issuing);
  return [
    `${kills.length} times SIGKILL, each with ${Math.min(...issuing)} to ${Math.max(...issuing)} sessions issuing;`,
    `${kills.filter(({ aim }) => aim === null).length} of them at a random moment; grants ending at ${kills.filter(({ sight }) => sight.ending > 0).length} of them.`,
    '',
    `  ${'phase'.padEnd(width)}  kills  things in it`,
    ...histogram,
    '',
    `Clients: ${ledger.jobs.done} jobs done, ${ledger.jobs.ended} grants given back, ${ledger.received.size} credentials received;`,
    `${ledger.retries.broken} calls repeated over a broken connection, ${ledger.retries.unavailable} after a 503 or 429.`,
    `Left behind: ${Object.entries(counts)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ')}.`,
    '',
    violations.length === 0
      ? 'Every credential that a client received has its event, AWS was asked for nothing that was not on record first,\nevery grant reached its end, nothing is stuck, and every MAC holds.'
      : `BROKEN PROMISES (${violations.length}):\n${violations
          .slice(0, 50)
          .map((text) => `  - ${text}`)
          .join('\n')}`,
  ].join('\n');
}
