import type { Facts } from '../../../src/catalog/rules/facts.ts';

/** A Monday in winter, 09:30 in Berlin. */
export const facts: Facts = {
  requester: { id: 'usr_1', subject: '00u1', groups: ['engineers', 'ops-eu'], outside: false },
  entitlement: {
    id: 'prod/admin',
    account: {
      id: '111122223333',
      name: 'prod',
      tags: { env: 'production', 'cost-center': '42' },
      ou: '/root/workloads',
    },
    target: 'role',
    choice: '',
  },
  durationSeconds: 900,
  reason: 'The queue is stuck',
  ticket: 'INC-42',
  breakGlass: false,
  now: new Date('2026-01-12T08:30:00Z'),
  startsAt: new Date('2026-01-12T09:00:00Z'),
  assurance: { level: 'multi-factor', ageSeconds: 60 },
  address: '203.0.113.7',
  onCall: { primary: true, secondary: false },
};

export const at = (time: string): Facts => ({ ...facts, now: new Date(time) });
