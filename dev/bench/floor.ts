import { randomBytes, randomUUID } from 'node:crypto';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import pg from 'pg';
import { type IdPrefix, newId } from '../../src/db/ids.ts';
import { measure } from './measure.ts';
import { type FloorOrder, readOrder, type Template } from './plan.ts';

// The physical floor: the commits of Daypass with the same rows and bytes, and nothing else. No HTTP, no sign-in, no lock,
// no rule, no read, no trigger, no foreign key; one prepared statement for all rows of a table in a commit.

const order = await readOrder<FloorOrder>();
const pool = new pg.Pool({ connectionString: order.databaseUrl, max: order.poolSize });
const sts = new STSClient({ maxAttempts: 1 });

function fresh(kind: string): string {
  if (kind === 'uuid') return randomUUID();
  if (kind === 'key') return `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`;
  return newId(kind as IdPrefix, new Date());
}

const measured = await measure(order, async (step) => {
  const ids = order.plan.places.map(fresh);
  const fill = (template: Template): string | null =>
    template === null ? null : template.map((p) => (typeof p === 'number' ? ids[p] : p)).join('');
  for (const { name, actions } of order.plan.steps) {
    await step(name, async () => {
      for (const action of actions) {
        if ('assumeRole' in action) {
          const input = JSON.parse(fill(action.assumeRole) ?? '') as AssumeRoleCommandInput;
          await sts.send(new AssumeRoleCommand(input));
          continue;
        }
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          for (const { name, text, values } of action.commit)
            await client.query({ name, text, values: values.map(fill) });
          await client.query('COMMIT');
        } finally {
          client.release();
        }
      }
    });
  }
});
await pool.end();
sts.destroy();
process.stdout.write(JSON.stringify(measured));
