import { parseArgs } from 'node:util';
import { runAwsCampaign } from './chaos/aws/campaign.ts';
import { awsSummary } from './chaos/aws/report.ts';
import { runCampaign } from './chaos/campaign.ts';
import { summary } from './chaos/report.ts';

// `npm run chaos -- --brokers`: kills Daypass at bad moments while clients work, and checks that nothing was lost.
//   --kills 100     how often (more, until each of the six phases was hit five times)
//   --clients 20    how many clients work meanwhile
//   --ahead         lets a Daypass whose clock is ahead end the grants, instead of waiting for their real ends
// `npm run chaos -- --aws`: AWS plays faults and two Daypass are killed at random; in the end nothing lives that should not.
//   --lifecycles 1000, --clients 20, --accounts 10
//   --faults 0.04   how likely AWS plays one at a call
// Both:
//   --seed 1        makes the same choices again; the timing of the machine is its own

const { values } = parseArgs({
  options: {
    brokers: { type: 'boolean', default: false },
    aws: { type: 'boolean', default: false },
    kills: { type: 'string', default: '100' },
    lifecycles: { type: 'string', default: '1000' },
    clients: { type: 'string', default: '20' },
    accounts: { type: 'string', default: '10' },
    faults: { type: 'string', default: '0.04' },
    seed: { type: 'string', default: '1' },
    ahead: { type: 'boolean', default: false },
  },
});
const started = performance.now();
const say = (text: string) => void process.stderr.write(`${text}\n`);
const settle = values.ahead ? 'ahead' : 'wait';

if (values.aws) {
  const result = await runAwsCampaign({
    lifecycles: whole('lifecycles', values.lifecycles),
    clients: Math.max(2, whole('clients', values.clients)),
    accounts: whole('accounts', values.accounts),
    seed: whole('seed', values.seed),
    faults: share('faults', values.faults),
    killEveryMs: 6_000,
    propagationSeconds: 3,
    settle,
    say,
  });
  print('Campaign against AWS', awsSummary(result), result.violations);
} else if (values.brokers) {
  const result = await runCampaign({
    kills: whole('kills', values.kills),
    clients: Math.max(2, whole('clients', values.clients)),
    seed: whole('seed', values.seed),
    leastPerPhase: 5,
    settle,
    say,
  });
  print('Crash campaign', summary(result), result.violations);
} else {
  process.stderr.write(
    `usage: npm run chaos -- --brokers [--kills 100] [--clients 20] [--seed 1] [--ahead]
       npm run chaos -- --aws [--lifecycles 1000] [--clients 20] [--accounts 10] [--faults 0.04] [--seed 1] [--ahead]\n`,
  );
  process.exitCode = 2;
}

function print(title: string, text: string, violations: readonly string[]): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(
    `\n${title}, seed ${values.seed}, ${values.clients} clients, ${seconds} s\n\n${text}\n`,
  );
  if (violations.length > 0) process.exitCode = 1;
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${name} must be a whole number above 0`);
  return Number(text);
}

function share(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < 1)) throw new Error(`--${name} must be between 0 and 1`);
  return number;
}
