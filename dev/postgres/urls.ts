/** The roles of migrations/roles.sql, by what they are for. */
export const roleNames = {
  owner: 'daypass_owner',
  app: 'daypass_app',
  sequencer: 'daypass_sequencer',
} as const;

export type RoleName = keyof typeof roleNames;

/** `url` with another database, and another user when one is given. */
export function withDatabase(
  url: string,
  database: string,
  user?: { name: string; password: string },
): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) {
    changed.username = encodeURIComponent(user.name);
    changed.password = encodeURIComponent(user.password);
  }
  return changed.href;
}
