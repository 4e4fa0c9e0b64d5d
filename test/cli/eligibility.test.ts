import { describe, expect, test } from 'vitest';
import type { EligibilityItem, EligibilityReview } from '../../src/cli/api.ts';
import { pageOf } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const review: EligibilityReview = {
  id: 'elr_1',
  entitlement: 'prod/admin',
  state: 'open',
  openedAt: '2026-11-22T10:00:00Z',
  dueAt: '2099-01-01T00:00:00Z',
  closedAt: null,
  closedBecause: null,
  catalogVersion: 'v1',
  counts: { people: 3, kept: 1, dropped: 0, lapsed: 0, unanswered: 2, unused: 2 },
  mayAnswer: true,
};
const item = (id: string, changes: Partial<EligibilityItem> = {}): EligibilityItem => ({
  person: { id, name: `Name of ${id}` },
  group: 'engineers',
  uses: 0,
  lastUseAt: null,
  unused: true,
  decision: null,
  decidedBy: null,
  decidedAt: null,
  comment: null,
  ...changes,
});
const path = '/v1/eligibility-reviews/elr_1';
const bodies = (fake: FakeDaypass) =>
  fake.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);

async function started() {
  const fake = await startFakeDaypass();
  fake.on('GET /v1/eligibility-reviews', pageOf(review));
  fake.on('GET /v1/me', { body: { id: 'prs_3' } });
  fake.on(`GET ${path}`, ({ query }) => ({
    body: {
      ...review,
      items:
        query.get('limit') === '1'
          ? [item('prs_1')]
          : [
              item('prs_1'),
              item('prs_2', { group: null, uses: 2, lastUseAt: '2026-11-20T10:00:00Z', unused: false }),
              item('prs_3', {
                decision: 'keep',
                decidedBy: { id: 'prs_9', name: 'Olga' },
                comment: 'needed',
              }),
            ],
      next: null,
    },
  }));
  fake.on(`POST ${path}/answers`, ({ body }) => ({
    body: item((body as { person: string }).person, { decision: 'drop' }),
  }));
  return fake;
}

describe('daypass eligibility', () => {
  test('lists the reviews that are open, or all', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    const { code, stdout } = await runDaypass(['eligibility'], home.env);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^REVIEW +ENTITLEMENT +STATE +DUE +PEOPLE +UNANSWERED +UNUSED +DROPPED\nelr_1 +prod\/admin +open/,
    );
    await runDaypass(['eligibility', '--all'], home.env);
    expect(fake.calls.map(({ query }) => query.get('open'))).toEqual(['true', null]);
  });

  test('show says who may ask, when they last used it, and what was said', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    const { stdout } = await runDaypass(['eligibility', 'show', 'elr_1', '--unused'], home.env);
    expect(stdout).toContain('who may ask for prod/admin');
    expect(stdout).toContain('3: 1 kept, 0 dropped, 0 lapsed, 2 unanswered');
    expect(stdout).toMatch(/Name of prs_1 +prs_1 +engineers +never +0 +unused\n/);
    expect(stdout).toMatch(/Name of prs_2 +prs_2 +name +2026-11-20 10:00:00Z +2\n/);
    expect(stdout).toMatch(/prs_3 .* keep by Olga: needed\n/);
    expect(fake.calls.at(-1)?.query.get('unused')).toBe('true');
    const json = await runDaypass(['eligibility', 'show', 'elr_1', '--json'], home.env);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'elr_1', items: { length: 3 }, next: null });
  });

  test('keep and drop answer for each person that is named', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    const args = ['eligibility', 'drop', 'elr_1', 'prs_1', 'prs_2', '--comment', 'moved on'];
    expect((await runDaypass(args, home.env)).stdout).toBe('Dropped 2 people.\n');
    expect(bodies(fake)).toEqual(
      ['prs_1', 'prs_2'].map((person) => ({ person, decision: 'drop', comment: 'moved on' })),
    );
    expect((await runDaypass(['eligibility', 'keep', 'elr_1', 'prs_2'], home.env)).stdout).toBe(
      'Kept 1 person.\n',
    );
    expect(bodies(fake).at(-1)).toEqual({ person: 'prs_2', decision: 'keep' });
  });

  test('--unused answers for all whom the service calls so and nobody has answered for, never for oneself', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    await runDaypass(['eligibility', 'drop', 'elr_1', '--unused'], home.env);
    const asked = fake.calls.find(({ path: called }) => called === path);
    expect([asked?.query.get('unused'), asked?.query.get('unanswered')]).toEqual(['true', 'true']);
    expect(bodies(fake).map((body) => (body as { person: string }).person)).toEqual(['prs_1', 'prs_2']);
  });

  test('nobody named, or both ways at once, is a mistake of usage', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    for (const more of [[], ['prs_1', '--unused']]) {
      const { code, stderr } = await runDaypass(['eligibility', 'drop', 'elr_1', ...more], home.env);
      expect(code).toBe(2);
      expect(stderr).toContain('--unused');
    }
    expect(fake.calls).toEqual([]);
  });

  test('what the service refuses ends it with its words, and what was answered before stands', async () => {
    await using fake = await started();
    await using home = await newHome(fake.url, 'token');
    fake.on(`POST ${path}/answers`, ({ body }) =>
      (body as { person: string }).person === 'prs_2'
        ? problem(403, 'forbidden', 'Nobody answers for themselves: ask another owner.')
        : { body: item('prs_1', { decision: 'keep' }) },
    );
    const { code, stderr } = await runDaypass(['eligibility', 'keep', 'elr_1', 'prs_1', 'prs_2'], home.env);
    expect(code).toBe(3);
    expect(stderr).toContain('Nobody answers for themselves');
    expect(bodies(fake)).toHaveLength(2);
  });
});
