-- What the application may do. It owns nothing. The roles themselves are made once by an administrator: see roles.sql.

GRANT USAGE ON SCHEMA public TO daypass_app, daypass_sequencer;

GRANT SELECT, INSERT ON audit_events, audit_personal_data, catalogs, request_entitlements, reviews TO daypass_app;
GRANT SELECT ON request_transitions, grant_transitions, session_transitions TO daypass_app;
GRANT SELECT, INSERT, UPDATE ON people, sign_ins, requests, grants, sessions, stranger_failures TO daypass_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON personal_data, sign_in_attempts, authorization_codes, totp_factors,
  assignments, assignment_users, chat_links, chat_link_codes, callback_replays TO daypass_app;
GRANT SELECT ON audit_events TO daypass_sequencer;
