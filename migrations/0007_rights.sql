-- What the application may do. It owns nothing. The roles themselves are made once by an administrator: see roles.sql.

-- A new database lets everybody make temporary tables, and before PostgreSQL 15 tables in public. Here nobody may: an object
-- of the same name must never stand in for a real one. `daypass serve` checks that it holds.
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO daypass_app, daypass_sequencer', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO daypass_app, daypass_sequencer;

GRANT SELECT, INSERT ON audit_events, audit_personal_data, catalogs, request_entitlements, reviews TO daypass_app;
GRANT SELECT ON request_transitions, grant_transitions, session_transitions TO daypass_app;
GRANT SELECT, INSERT, UPDATE ON people, sign_ins, requests, grants, sessions, stranger_failures TO daypass_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON personal_data, sign_in_attempts, authorization_codes, totp_factors,
  assignments, assignment_users, chat_links, chat_link_codes, callback_replays TO daypass_app;
GRANT SELECT ON audit_events TO daypass_sequencer;
