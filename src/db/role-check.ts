import type { Queries } from './pool.ts';
import { sql } from 'drizzle-orm';

/**
 * Why the connected role may not run the service, or null when it may. The append-only log is a promise about roles: a
 * process that could own or bypass the tables could also rewrite them.
 */
export async function roleFault(queries: Pick<Queries, 'execute'>): Promise<string | null> {
  const { rows } = await queries.execute<{
    role: string;
    superuser: boolean;
    bypass: boolean;
    owns: boolean;
    writes: boolean;
  }>(sql`
    SELECT current_user AS role,
      r.rolsuper AS superuser,
      r.rolbypassrls OR r.rolcreaterole AS bypass,
      EXISTS (SELECT FROM pg_class c WHERE c.relname IN ('audit_events', 'audit_personal_data', 'grants', 'requests', 'sessions')
        AND c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'MEMBER')) AS owns,
      has_table_privilege('audit_events', 'UPDATE, DELETE, TRUNCATE') AS writes
    FROM pg_roles r WHERE r.rolname = current_user`);
  const role = rows[0];
  if (role === undefined) return 'the database role is unknown';
  if (role.superuser)
    return `DATABASE_URL signs in as ${role.role}, a superuser; use a role that owns nothing, such as daypass_app`;
  if (role.owns)
    return `DATABASE_URL signs in as ${role.role}, which owns the audit tables; use a role that owns nothing, such as daypass_app`;
  if (role.bypass || role.writes)
    return `DATABASE_URL signs in as ${role.role}, which may change the audit log; use a role such as daypass_app`;
  return null;
}
