import { parseArgs } from 'node:util';
import { runCampaign } from './chaos/campaign.ts';
import { summary } from './chaos/report.ts';

// `npm run chaos -- --brokers`: kills Daypass at bad moments while clients work, and checks that nothing was lost.
//   --kills 100     how often (more, until each of the six phases was hit five times)
//   --clients 20    how many clients work meanwhile
//   --seed 1        makes the same choices again; the timing of the machine is its own
//   --ahead         lets a Daypass whose clock is ahead end the grants, instead of waiting for their real ends

const { values } = parseArgs({
  options: {
    brokers: { type: 'boolean', default: false },
    kills: { type: 'string', default: '100' },
    clients: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    ahead: { type: 'boolean', default: false },
  },
});

if (!values.brokers) {
  process.stderr.write(
    'usage: npm run chaos -- --brokers [--kills 100] [--clients 20] [--seed 1] [--ahead]\n',
  );
  process.exitCode = 2;
} else {
  const started = performance.now();
  const result = await runCampaign({
    kills: whole('kills', values.kills),
    clients: Math.max(2, whole('clients', values.clients)),
    seed: whole('seed', values.seed),
    leastPerPhase: 5,
    settle: values.ahead ? 'ahead' : 'wait',
    say: (text) => process.stderr.write(`${text}\n`),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(
    `\nCrash campaign, seed ${values.seed}, ${values.clients} clients, ${seconds} s\n\n${summary(result)}\n`,
  );
  if (result.violations.length > 0) process.exitCode = 1;
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${name} must be a whole number above 0`);
  return Number(text);
}
