import type { Queries } from './pool.ts';
import { sql } from './drizzle.ts';

/**
 * Why the connected role may not run the service, or null when it may. The append-only log is a promise about roles: a
 * process that could own or bypass the tables could also rewrite them.
 */
export async function roleFault(queries: Pick<Queries, 'execute'>): Promise<string | null> {
  const { rows } = await queries.execute<RoleFacts>(sql`
    SELECT session_user AS role,
      EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND pg_has_role(session_user, r.oid, 'MEMBER')) AS superuser,
      EXISTS (SELECT FROM pg_roles r WHERE (r.rolbypassrls OR r.rolcreaterole OR r.rolreplication)
        AND pg_has_role(session_user, r.oid, 'MEMBER')) AS powerful,
      EXISTS (SELECT FROM pg_class c WHERE c.relname IN ('audit_events', 'audit_personal_data', 'grants', 'requests', 'sessions')
        AND c.relnamespace = 'public'::regnamespace AND pg_has_role(session_user, c.relowner, 'MEMBER')) AS owns,
      has_table_privilege(session_user, 'public.audit_events', 'UPDATE, DELETE, TRUNCATE') AS writes,
      has_database_privilege(session_user, current_database(), 'TEMPORARY, CREATE')
        OR has_schema_privilege(session_user, 'public', 'CREATE') AS creates`);
  const facts = rows[0];
  if (facts === undefined) return 'the database role is unknown';
  const who = `DATABASE_URL signs in as ${facts.role}`;
  const instead = 'use a role that owns nothing, such as daypass_app';
  if (facts.superuser) return `${who}, a superuser or a member of one; ${instead}`;
  if (facts.owns) return `${who}, which owns the audit tables; ${instead}`;
  if (facts.powerful || facts.writes)
    return `${who}, which may change the audit log or other roles; ${instead}`;
  if (facts.creates) {
    return `${who}, which may create objects: REVOKE ALL ON DATABASE … and ON SCHEMA public FROM PUBLIC, as migrations/0007_rights.sql does`;
  }
  return null;
}

// All of it for the role that signed in and every role it is a member of: `SET ROLE` and `?options=` hide nothing.
interface RoleFacts extends Record<string, unknown> {
  readonly role: string;
  readonly superuser: boolean;
  readonly powerful: boolean;
  readonly owns: boolean;
  readonly writes: boolean;
  readonly creates: boolean;
}
