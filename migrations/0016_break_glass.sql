-- Break-glass: access that its user gives themselves, and what is owed for each use: that somebody else looks at it.

CREATE TABLE follow_up_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT follow_up_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO follow_up_transitions VALUES
  ('new', 'owed'),
  ('owed', 'done'),
  ('owed', 'overdue'),
  ('overdue', 'done');

CREATE TABLE follow_ups (
  id text CONSTRAINT follow_ups_pkey PRIMARY KEY,
  kind text NOT NULL,
  request_id text NOT NULL CONSTRAINT follow_ups_request REFERENCES requests (id),
  entitlement text NOT NULL,
  -- Whose use it was. Somebody else looks at it.
  owed_by text NOT NULL CONSTRAINT follow_ups_owed_by REFERENCES people (id),
  state text NOT NULL,
  prior_state text NOT NULL,
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  overdue_at timestamptz,
  -- When people were last told that it is overdue.
  told_at timestamptz,
  verdict text,
  words text,
  done_by text CONSTRAINT follow_ups_done_by REFERENCES people (id),
  done_at timestamptz,
  CONSTRAINT follow_ups_id_is_follow_up CHECK (id ~ '^fup_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT follow_ups_kind_known CHECK (kind = 'break-glass'),
  CONSTRAINT follow_ups_legal_transition FOREIGN KEY (prior_state, state) REFERENCES follow_up_transitions,
  CONSTRAINT follow_ups_one_each UNIQUE (request_id, entitlement),
  CONSTRAINT follow_ups_due_later CHECK (due_at > created_at),
  CONSTRAINT follow_ups_overdue_when_due CHECK (overdue_at >= due_at),
  CONSTRAINT follow_ups_overdue_since CHECK (CASE state WHEN 'owed' THEN overdue_at IS NULL WHEN 'overdue' THEN overdue_at IS NOT NULL ELSE true END),
  CONSTRAINT follow_ups_told_overdue CHECK (told_at IS NULL OR overdue_at IS NOT NULL),
  CONSTRAINT follow_ups_done_once CHECK ((state = 'done') = (done_at IS NOT NULL)),
  CONSTRAINT follow_ups_done_by_person CHECK ((state = 'done') = (done_by IS NOT NULL)),
  CONSTRAINT follow_ups_done_with_verdict CHECK ((state = 'done') = (verdict IS NOT NULL)),
  CONSTRAINT follow_ups_done_with_words CHECK ((state = 'done') = (words IS NOT NULL)),
  CONSTRAINT follow_ups_verdict_known CHECK (verdict IN ('justified', 'not-justified')),
  -- `owed_by` is both whose access it was and who asked for it: break_glass_check sees to that.
  CONSTRAINT follow_ups_not_own CHECK (done_by <> owed_by)
);
CREATE INDEX follow_ups_due ON follow_ups (due_at) WHERE state = 'owed';
CREATE INDEX follow_ups_overdue ON follow_ups (told_at) WHERE state = 'overdue';
CREATE INDEX follow_ups_open ON follow_ups (owed_by) WHERE state <> 'done';

-- How often the glass was broken is counted for the metrics, among far more requests that were not.
CREATE INDEX requests_by_break_glass ON requests (id) WHERE basis = 'break-glass';

CREATE TRIGGER follow_ups_prior_state BEFORE INSERT OR UPDATE ON follow_ups
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER follow_ups_immutable BEFORE UPDATE ON follow_ups
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'kind', 'request_id', 'entitlement', 'owed_by', 'created_at', 'due_at');
CREATE TRIGGER follow_ups_quiet BEFORE UPDATE ON follow_ups
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('overdue_at', 'verdict', 'words', 'done_by', 'done_at');
CREATE TRIGGER follow_ups_not_deleted BEFORE DELETE OR TRUNCATE ON follow_ups
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who becomes overdue and who breaks the glass anew take turns, a person at a time: the one of them sees what the other did.
CREATE FUNCTION follow_ups_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(422177522, hashtext(NEW.owed_by));
  IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM follow_ups f WHERE f.owed_by = NEW.owed_by AND f.state = 'overdue') THEN
    RAISE EXCEPTION '% has an overdue follow-up', NEW.owed_by
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'follow_ups_none_overdue';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER follow_ups_turn BEFORE INSERT ON follow_ups
  FOR EACH ROW EXECUTE FUNCTION follow_ups_turn();
CREATE TRIGGER follow_ups_turn_overdue BEFORE UPDATE OF state ON follow_ups
  FOR EACH ROW WHEN (NEW.state = 'overdue') EXECUTE FUNCTION follow_ups_turn();

CREATE FUNCTION follow_ups_have_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.request = NEW.request_id AND e.kind = 'followup.' || NEW.state AND e.transaction_id = pg_current_xact_id()
      AND e.leaf::jsonb #>> '{details,followUp}' = NEW.id
  ) THEN
    RAISE EXCEPTION 'follow-up % became % without an audit event', NEW.id, NEW.state
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER follow_ups_have_event AFTER INSERT OR UPDATE OF state ON follow_ups
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION follow_ups_have_event();

-- What rests on break-glass was asked for as such by the very person it is for, whom each of its entitlements names; it is no
-- longer, and no more weakly proven, than they say; it is loud in the log; and somebody is to look at each of them. And what was
-- asked for as break-glass rests on nothing else.
CREATE FUNCTION break_glass_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked requests%ROWTYPE;
  their_subject text;
  levels text[] := ARRAY['single-factor', 'multi-factor', 'phishing-resistant'];
  wrong text;
BEGIN
  SELECT * INTO asked FROM requests WHERE id = NEW.id;
  SELECT subject INTO their_subject FROM people WHERE id = asked.requester;
  wrong := CASE
    WHEN asked.basis IS DISTINCT FROM 'break-glass' OR asked.content -> 'breakGlass' IS DISTINCT FROM 'true'::jsonb
      THEN 'break_glass_by_itself'
    WHEN asked.requester <> asked.asked_by OR asked.content ->> 'startAt' IS NOT NULL OR asked.content ? 'extends'
      THEN 'break_glass_for_oneself_now'
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements(asked.content -> 'entitlements') AS e (terms)
      WHERE NOT coalesce(e.terms #> '{breakGlass,people}' ? their_subject, false)
    ) THEN 'break_glass_named'
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements(asked.content -> 'entitlements') AS e (terms)
      WHERE NOT coalesce((asked.content ->> 'durationSeconds')::int <= (e.terms #>> '{breakGlass,maxDurationSeconds}')::int, false)
    ) THEN 'break_glass_short'
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements(asked.content -> 'entitlements') AS e (terms)
      WHERE NOT coalesce(array_position(levels, asked.asked_assurance) >= array_position(levels, e.terms #>> '{breakGlass,assurance,level}'), false)
        OR asked.asked_proof_age > (e.terms #>> '{breakGlass,assurance,maxAgeSeconds}')::int
    ) THEN 'break_glass_strongly_proven'
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements(asked.content -> 'entitlements') AS e (terms)
      WHERE NOT EXISTS (
        SELECT FROM follow_ups f
        WHERE f.request_id = asked.id AND f.entitlement = e.terms ->> 'id' AND f.owed_by = asked.requester
      )
    ) THEN 'break_glass_followed_up'
    WHEN NOT EXISTS (
      SELECT FROM audit_events e
      WHERE e.request = asked.id AND e.kind = 'breakglass.used' AND e.transaction_id = pg_current_xact_id()
    ) THEN 'break_glass_has_event'
  END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'request % is no break-glass that may be', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = wrong;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER break_glass_check AFTER INSERT OR UPDATE OF state, basis ON requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.basis = 'break-glass' OR NEW.content ? 'breakGlass') EXECUTE FUNCTION break_glass_check();

-- A follow-up is for a use of break-glass, and for nothing else.
CREATE FUNCTION follow_ups_of_use() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM requests r JOIN request_entitlements e ON e.request_id = r.id
    WHERE r.id = NEW.request_id AND r.basis = 'break-glass' AND r.requester = NEW.owed_by AND e.entitlement = NEW.entitlement
  ) THEN
    RAISE EXCEPTION 'follow-up % is for no use of break-glass', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER follow_ups_of_use AFTER INSERT ON follow_ups
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION follow_ups_of_use();

GRANT SELECT ON follow_up_transitions TO daypass_app;
GRANT SELECT, INSERT ON follow_ups TO daypass_app;
GRANT UPDATE (state, overdue_at, told_at, verdict, words, done_by, done_at) ON follow_ups TO daypass_app;
