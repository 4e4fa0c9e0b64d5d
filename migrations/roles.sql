-- Run once by a database administrator, before the first `daypass migrate`. Passwords are yours to set.
--   daypass_owner      DATABASE_ADMIN_URL: owns and migrates the tables; never used by the running service
--   daypass_app        DATABASE_URL: what `daypass serve` signs in as (or a member of it); owns nothing
--   daypass_sequencer  appends to the verifiable log
CREATE ROLE daypass_owner LOGIN;
CREATE ROLE daypass_app LOGIN;
CREATE ROLE daypass_sequencer LOGIN;
CREATE DATABASE daypass OWNER daypass_owner;
