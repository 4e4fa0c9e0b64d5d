import type { DevUser } from '../idp/users.ts';

/** People who may ask for everything, and approve what others ask for. */
export function clientUsers(clients: number): DevUser[] {
  return Array.from({ length: clients }, (_, i) => ({
    key: `client${i}`,
    sub: `u-client-${i}`,
    name: `Client ${i}`,
    email: `client${i}@example.com`,
    groups: ['engineers', 'prod-approvers'],
  }));
}
