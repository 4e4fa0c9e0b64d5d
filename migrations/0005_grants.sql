-- Grants, sessions and assignments: what was given, until when, and what is known of it in AWS.

CREATE TABLE grant_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT grant_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO grant_transitions VALUES
  ('new', 'scheduled'),
  ('scheduled', 'activating'),
  ('scheduled', 'ending'),
  ('activating', 'active'),
  ('activating', 'failed'),
  ('activating', 'ending'),
  ('active', 'ending'),
  ('ending', 'ended');

CREATE TABLE grants (
  id text CONSTRAINT grants_pkey PRIMARY KEY,
  request_id text NOT NULL CONSTRAINT grants_request REFERENCES requests (id),
  person_id text NOT NULL CONSTRAINT grants_person REFERENCES people (id),
  entitlement text NOT NULL,
  -- The entitlement's terms as they were approved. Ending depends on these alone, never on the catalog of the day.
  terms jsonb NOT NULL,
  state text NOT NULL,
  prior_state text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  -- Why it ends, known from the moment the ending begins.
  ended_because text,
  ending_since timestamptz,
  ended_at timestamptz,
  -- What proves the end: the target gone, or the last possible use passed.
  evidence jsonb,
  failure text,
  attempts integer NOT NULL DEFAULT 0,
  CONSTRAINT grants_id_is_grant CHECK (id ~ '^grt_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT grants_legal_transition FOREIGN KEY (prior_state, state) REFERENCES grant_transitions,
  CONSTRAINT grants_window CHECK (starts_at < ends_at),
  CONSTRAINT grants_at_most_twelve_hours CHECK (ends_at - starts_at <= interval '12 hours'),
  CONSTRAINT grants_reason_known CHECK (ended_because IN ('expired', 'revoked', 'relinquished')),
  CONSTRAINT grants_ending_says_why CHECK ((state IN ('ending', 'ended')) = (ended_because IS NOT NULL)),
  CONSTRAINT grants_ended_has_evidence CHECK ((state = 'ended') = (ended_at IS NOT NULL AND evidence IS NOT NULL)),
  CONSTRAINT grants_one_an_entitlement UNIQUE (request_id, entitlement)
);
CREATE INDEX grants_by_person ON grants (person_id, id);
CREATE INDEX grants_by_entitlement ON grants (entitlement, id);
CREATE INDEX grants_due ON grants (ends_at) WHERE state IN ('scheduled', 'activating', 'active', 'ending');
CREATE INDEX grants_starting ON grants (starts_at) WHERE state IN ('scheduled', 'activating');
-- Instants in evidence are text of one length, in UTC: they sort like the time they say.
CREATE INDEX grants_last_use_in_evidence ON grants ((evidence ->> 'lastPossibleUse') COLLATE "C")
  WHERE evidence ->> 'lastPossibleUse' IS NOT NULL;

CREATE TRIGGER grants_prior_state BEFORE INSERT OR UPDATE ON grants
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER grants_immutable BEFORE UPDATE ON grants
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'request_id', 'person_id', 'entitlement', 'terms', 'starts_at', 'created_at');
CREATE TRIGGER grants_quiet BEFORE UPDATE ON grants
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('ended_because', 'ending_since', 'ended_at', 'evidence');
CREATE CONSTRAINT TRIGGER grants_state_has_event AFTER INSERT OR UPDATE OF state ON grants
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event('grant');

-- The end moves later only, while the grant lives, and not without its event.
CREATE FUNCTION grants_extended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.ends_at < OLD.ends_at OR NEW.state NOT IN ('scheduled', 'activating', 'active') OR NOT EXISTS (
    SELECT FROM audit_events e WHERE e."grant" = NEW.id AND e.kind = 'grant.extended' AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'the end of grant % cannot be moved', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_extended AFTER UPDATE OF ends_at ON grants
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ends_at IS DISTINCT FROM OLD.ends_at) EXECUTE FUNCTION grants_extended();

-- No grant without an approved request of the same person.
CREATE FUNCTION grants_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM requests r JOIN request_entitlements e ON e.request_id = r.id
    WHERE r.id = NEW.request_id AND r.state = 'approved' AND r.requester = NEW.person_id AND e.entitlement = NEW.entitlement
  ) THEN
    RAISE EXCEPTION 'grant % has no approved request behind it', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'grants_approved';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER grants_check BEFORE INSERT ON grants FOR EACH ROW EXECUTE FUNCTION grants_check();

CREATE TABLE session_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT session_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO session_transitions VALUES
  ('new', 'issuing'),
  -- What may have been issued by a history of this database that is lost.
  ('new', 'unknown'),
  ('issuing', 'issued'),
  ('issuing', 'failed'),
  ('issuing', 'unknown');

-- One set of STS credentials each. The secret is never stored: it passes through to the caller once.
CREATE TABLE sessions (
  id text CONSTRAINT sessions_pkey PRIMARY KEY,
  grant_id text NOT NULL CONSTRAINT sessions_grant REFERENCES grants (id),
  sign_in_id text NOT NULL CONSTRAINT sessions_sign_in REFERENCES sign_ins (id),
  state text NOT NULL,
  prior_state text NOT NULL,
  role_session_name text NOT NULL CONSTRAINT sessions_name_unique UNIQUE,
  duration_seconds integer NOT NULL,
  access_key_id text,
  expiration timestamptz,
  -- After this instant nothing that was, or may have been, issued under this row can be used on AWS.
  last_possible_use timestamptz NOT NULL,
  failure text,
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  CONSTRAINT sessions_id_is_session CHECK (id ~ '^ses_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT sessions_legal_transition FOREIGN KEY (prior_state, state) REFERENCES session_transitions,
  CONSTRAINT sessions_duration_is_allowed CHECK (duration_seconds BETWEEN 900 AND 43200),
  CONSTRAINT sessions_key_is_temporary CHECK (access_key_id LIKE 'ASIA%'),
  CONSTRAINT sessions_issued_is_known CHECK (state <> 'issued' OR (access_key_id IS NOT NULL AND expiration IS NOT NULL)),
  CONSTRAINT sessions_settled CHECK ((state = 'issuing') = (settled_at IS NULL))
);
CREATE INDEX sessions_by_grant ON sessions (grant_id, id);
CREATE INDEX sessions_by_last_use ON sessions (last_possible_use);
CREATE INDEX sessions_unsettled ON sessions (created_at) WHERE state = 'issuing';
CREATE TRIGGER sessions_prior_state BEFORE INSERT OR UPDATE ON sessions
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER sessions_immutable BEFORE UPDATE ON sessions
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'grant_id', 'sign_in_id', 'role_session_name', 'duration_seconds', 'created_at');
CREATE TRIGGER sessions_quiet BEFORE UPDATE ON sessions
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('access_key_id', 'expiration', 'last_possible_use', 'settled_at', 'failure');
CREATE CONSTRAINT TRIGGER sessions_state_has_event AFTER INSERT OR UPDATE OF state ON sessions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event('session');

-- Under an active grant only, and never after its end. What is not issued here, and only may have been elsewhere, can belong to a
-- grant whose time has come and of which no activation is on record.
CREATE FUNCTION sessions_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM grants g WHERE g.id = NEW.grant_id AND NEW.created_at < g.ends_at AND (g.state = 'active'
      OR (NEW.state = 'unknown' AND g.state IN ('scheduled', 'activating') AND g.starts_at <= NEW.created_at))
  ) THEN
    RAISE EXCEPTION 'grant % is not active', NEW.grant_id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sessions_under_active_grant';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_check BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_check();

-- An Identity Center assignment that Daypass made: one row for each (account, permission set, person in AWS), shared by all
-- grants that need it. What Daypass did not make has no row here and is never touched.
CREATE TABLE assignments (
  account_id text NOT NULL,
  permission_set_arn text NOT NULL,
  principal_id text NOT NULL,
  -- What Daypass last asked of AWS and has not seen confirmed yet; null when nothing is under way.
  operation text,
  operation_id text,
  operation_since timestamptz,
  present boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL,
  -- When it was last compared with what AWS lists.
  compared_at timestamptz,
  -- What was last asked in vain, and why: recorded when it changes. Tried again with growing pauses.
  failing text,
  attempts integer NOT NULL DEFAULT 0,
  tried_at timestamptz,
  next_look_at timestamptz,
  CONSTRAINT assignments_pkey PRIMARY KEY (account_id, permission_set_arn, principal_id),
  CONSTRAINT assignments_look_is_whole CHECK ((tried_at IS NULL) = (next_look_at IS NULL)),
  CONSTRAINT assignments_operation_known CHECK (operation IN ('create', 'delete')),
  CONSTRAINT assignments_operation_is_whole CHECK (
    (operation IS NULL) = (operation_since IS NULL) AND (operation_id IS NULL OR operation IS NOT NULL)
  )
);
CREATE INDEX assignments_there ON assignments (next_look_at) WHERE present OR operation IS NOT NULL;
CREATE TABLE assignment_users (
  account_id text NOT NULL,
  permission_set_arn text NOT NULL,
  principal_id text NOT NULL,
  grant_id text NOT NULL CONSTRAINT assignment_users_grant REFERENCES grants (id),
  -- From when the grant has needed it.
  since timestamptz NOT NULL,
  CONSTRAINT assignment_users_pkey PRIMARY KEY (account_id, permission_set_arn, principal_id, grant_id),
  CONSTRAINT assignment_users_assignment FOREIGN KEY (account_id, permission_set_arn, principal_id) REFERENCES assignments
);
CREATE INDEX assignment_users_by_grant ON assignment_users (grant_id);
