/** A person of the development identity provider. `sub` never changes; everything else may. */
export type DevUser = {
  /** Short name used by tests and the sign-in page. */
  key: string;
  /** The immutable, opaque OIDC subject. */
  sub: string;
  name: string;
  email: string;
  groups: string[];
};

/** The cast of the demo: an engineer who asks, two who approve, one who audits, two who operate, and one who may do nothing. */
export const DEV_USERS: readonly DevUser[] = [
  {
    key: 'engineer',
    sub: 'u-7k2m9xqd4t',
    name: 'Erin Engineer',
    email: 'erin@example.com',
    groups: ['engineers'],
  },
  {
    key: 'approver',
    sub: 'u-3wz8hc5n1r',
    name: 'Avery Approver',
    email: 'avery@example.com',
    groups: ['engineers', 'prod-approvers'],
  },
  {
    key: 'approver2',
    sub: 'u-q6v0jb7y2e',
    name: 'Blake Approver',
    email: 'blake@example.com',
    groups: ['prod-approvers'],
  },
  {
    key: 'auditor',
    sub: 'u-9d4sfp1g8u',
    name: 'Audrey Auditor',
    email: 'audrey@example.com',
    groups: ['daypass-auditors'],
  },
  {
    key: 'operator',
    sub: 'u-m5t3ra6k0c',
    name: 'Oscar Operator',
    email: 'oscar@example.com',
    groups: ['daypass-operators'],
  },
  {
    key: 'operator2',
    sub: 'u-c8v4lw2s6j',
    name: 'Olga Operator',
    email: 'olga@example.com',
    groups: ['daypass-operators'],
  },
  {
    key: 'stranger',
    sub: 'u-x1n7ey4w9h',
    name: 'Sam Stranger',
    email: 'sam@example.com',
    groups: [],
  },
];
