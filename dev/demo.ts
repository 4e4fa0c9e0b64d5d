import { parseArgs } from 'node:util';
import { Person } from './demo/person.ts';
import { createSayer } from './demo/say.ts';
import { startStack } from './demo/stack.ts';
import { type Cast, StepFailed, walkMainJob } from './demo/walk.ts';
import { DEV_USERS } from './idp/users.ts';

// `npm run demo`: everything on this machine, the main job walked through the public API, then left running.
//   -- --once  walk and exit      -- --json  one line of JSON on stdout when ready, the rest on stderr

const values = flags();
const say = createSayer(values.json ? process.stderr : process.stdout);
const started = performance.now();

try {
  say.title('Starting');
  const slack = { signingSecret: 'demo-slack-signing-secret', team: 'T0DEMO', user: 'U0BLAKE' };
  const stack = await startStack({
    onStep: (text) => say.line(text),
    environment: { SLACK_SIGNING_SECRET: slack.signingSecret, SLACK_TEAM_IDS: slack.team },
  });
  const stop = stopOnce(() => stack.stop());
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      asked = true;
      void stop().then(() => process.exit(0));
    });
  }
  try {
    const cast = Object.fromEntries(
      DEV_USERS.map((user) => [user.key, new Person(stack.url, user.key, user.name)]),
    ) as Cast;
    say.title('The main job');
    await walkMainJob(say, stack, cast, { ...slack, url: stack.url });
    for (const person of Object.values(cast)) await person.signIn('otp');
    say.title(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (values.json) process.stdout.write(`${JSON.stringify(summary(stack, cast))}\n`);
    if (values.once) await stop();
    else {
      say.goOn(stack, cast);
      stack.daypass.once('exit', (code) => {
        // Ctrl-C reaches Daypass as well.
        if (asked) return;
        process.stderr.write(`Daypass stopped by itself (exit code ${code}).\n`);
        void stop().then(() => process.exit(1));
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
} catch (error) {
  const what =
    error instanceof StepFailed
      ? error.message
      : `start failed: ${error instanceof Error ? error.message : String(error)}`;
  process.stderr.write(`\nThe demo ${what}\n`);
  process.exitCode = 1;
}

function flags(): { readonly once: boolean; readonly json: boolean } {
  try {
    const off = { type: 'boolean', default: false } as const;
    return parseArgs({ options: { once: off, json: off } }).values;
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nusage: npm run demo -- [--once] [--json]\n`,
    );
    process.exit(2);
  }
}

function stopOnce(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => (stopping ??= stop());
}

function summary(stack: Awaited<ReturnType<typeof startStack>>, cast: Cast) {
  const user = (key: keyof Cast) => ({ name: cast[key].name, token: cast[key].token });
  return {
    url: stack.url,
    users: {
      engineer: user('engineer'),
      approver: user('approver'),
      approver2: user('approver2'),
      auditor: user('auditor'),
      operator: user('operator'),
    },
    aws: { endpoint: stack.aws.endpoint, log: stack.aws.logUrl },
    databaseUrl: stack.postgres.url(stack.database, 'app'),
    databaseAdminUrl: stack.postgres.url(stack.database, 'owner'),
    idp: { issuer: stack.idp.issuer },
    pids: { daypass: stack.daypass.pid, postgres: stack.postgres.pid, demo: process.pid },
  };
}
