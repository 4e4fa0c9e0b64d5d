-- The audit log: who did what, when, under which rule. Append only.
--
-- The leaf is the record: canonical JSON (RFC 8785) whose bytes the MAC covers and which later become a leaf of the
-- Merkle log. Every other column is derived from it by a trigger, so that a filter can never disagree with the record.

CREATE TABLE audit_events (
  id text CONSTRAINT audit_events_pkey PRIMARY KEY,
  leaf text NOT NULL,
  mac bytea NOT NULL,
  key_id text NOT NULL,
  -- The transaction that wrote the event: what ties a change of state to its event, and what lets a sequencer know
  -- that no earlier event can still appear.
  transaction_id xid8 NOT NULL,
  time timestamptz NOT NULL,
  kind text NOT NULL,
  outcome text NOT NULL,
  actor text,
  subject text,
  entitlement text,
  account text,
  request text,
  "grant" text,
  session text,
  access_key_id text,
  CONSTRAINT audit_events_id_is_event CHECK (id ~ '^evt_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT audit_events_leaf_fits_bundle CHECK (octet_length(leaf) <= 65535),
  CONSTRAINT audit_events_mac_is_sha256 CHECK (octet_length(mac) = 32),
  CONSTRAINT audit_events_kind_is_object_verb CHECK (kind ~ '^[a-z]+\.[a-z]+$'),
  CONSTRAINT audit_events_outcome_known CHECK (outcome IN ('success', 'failure', 'denied', 'unknown'))
);

CREATE INDEX audit_events_by_actor ON audit_events (actor, id) WHERE actor IS NOT NULL;
CREATE INDEX audit_events_by_subject ON audit_events (subject, id) WHERE subject IS NOT NULL;
CREATE INDEX audit_events_by_entitlement ON audit_events (entitlement, id) WHERE entitlement IS NOT NULL;
CREATE INDEX audit_events_by_request ON audit_events (request, id) WHERE request IS NOT NULL;
CREATE INDEX audit_events_by_grant ON audit_events ("grant", id) WHERE "grant" IS NOT NULL;
CREATE INDEX audit_events_by_session ON audit_events (session, id) WHERE session IS NOT NULL;
CREATE INDEX audit_events_by_access_key ON audit_events (access_key_id, id) WHERE access_key_id IS NOT NULL;
CREATE INDEX audit_events_by_kind ON audit_events (kind, id);
CREATE INDEX audit_events_by_time ON audit_events (time, id);

-- What an event says about a person lies here, so that it can be erased; the leaf keeps a salted commitment to it.
CREATE TABLE audit_personal_data (
  event_id text NOT NULL CONSTRAINT audit_personal_data_event REFERENCES audit_events (id),
  field text NOT NULL,
  salt bytea NOT NULL,
  value text NOT NULL,
  CONSTRAINT audit_personal_data_pkey PRIMARY KEY (event_id, field),
  CONSTRAINT audit_personal_data_salt_is_16_bytes CHECK (octet_length(salt) = 16)
);

-- Every function here names its search path with pg_temp last: otherwise a temporary table of the same name, which any role
-- with that right can make, would stand in for the real one.

CREATE FUNCTION audit_events_derive() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  doc jsonb := NEW.leaf::jsonb;
BEGIN
  IF doc ->> 'id' IS DISTINCT FROM NEW.id THEN
    RAISE EXCEPTION 'audit event % carries the leaf of %', NEW.id, doc ->> 'id' USING ERRCODE = 'check_violation';
  END IF;
  NEW.transaction_id := pg_current_xact_id();
  NEW.time := (doc ->> 'time')::timestamptz;
  NEW.kind := doc ->> 'kind';
  NEW.outcome := doc ->> 'outcome';
  NEW.actor := doc -> 'actor' ->> 'id';
  NEW.subject := doc ->> 'subject';
  NEW.entitlement := doc ->> 'entitlement';
  NEW.account := doc ->> 'account';
  NEW.request := doc ->> 'request';
  NEW."grant" := doc ->> 'grant';
  NEW.session := doc ->> 'session';
  NEW.access_key_id := doc ->> 'accessKeyId';
  RETURN NEW;
END $$;

CREATE TRIGGER audit_events_derive BEFORE INSERT ON audit_events
  FOR EACH ROW EXECUTE FUNCTION audit_events_derive();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is refused: % is append only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Words belong to the event of their own transaction, which has committed to them: nothing is added to an old event.
CREATE FUNCTION audit_personal_data_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.id = NEW.event_id AND e.transaction_id = pg_current_xact_id() AND e.leaf::jsonb -> 'personal' ? NEW.field
  ) THEN
    RAISE EXCEPTION 'event % has no commitment to % in this transaction', NEW.event_id, NEW.field
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_personal_data_committed';
  END IF;
  RETURN NULL;
END $$;
-- After, because event and words may come in one statement.
CREATE TRIGGER audit_personal_data_check AFTER INSERT ON audit_personal_data
  FOR EACH ROW EXECUTE FUNCTION audit_personal_data_check();

-- A change of state without its event cannot be committed: this runs at COMMIT for every row whose state was set.
-- Arguments: the object's name, which is also the audit column that holds its id.
CREATE FUNCTION require_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  object text := TG_ARGV[0];
  verb text := CASE WHEN object = 'request' AND NEW.state = 'pending' THEN 'submitted' ELSE NEW.state END;
  wanted text := object || '.' || verb;
  this_transaction xid8 := pg_current_xact_id();
  recorded boolean;
BEGIN
  -- Written out for each object, because the plan of such a query is kept and that of a dynamic one is not.
  IF object = 'request' THEN
    recorded := EXISTS (SELECT FROM audit_events e WHERE e.request = NEW.id AND e.kind = wanted AND e.transaction_id = this_transaction);
  ELSIF object = 'grant' THEN
    recorded := EXISTS (SELECT FROM audit_events e WHERE e."grant" = NEW.id AND e.kind = wanted AND e.transaction_id = this_transaction);
  ELSIF object = 'session' THEN
    recorded := EXISTS (SELECT FROM audit_events e WHERE e.session = NEW.id AND e.kind = wanted AND e.transaction_id = this_transaction);
  END IF;
  IF recorded IS NOT TRUE THEN
    RAISE EXCEPTION '% % became % without an audit event %.% in the same transaction', object, NEW.id, NEW.state, object, verb
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

-- Keeps where a state came from, so that the foreign key to the table of legal transitions judges the real step.
CREATE FUNCTION remember_prior_state() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.prior_state := 'new';
  ELSIF NEW.state IS DISTINCT FROM OLD.state THEN
    NEW.prior_state := OLD.state;
  ELSE
    NEW.prior_state := OLD.prior_state;
  END IF;
  RETURN NEW;
END $$;

-- Arguments: the columns that never change once written.
CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  col text;
  was jsonb := to_jsonb(OLD);
  becomes jsonb := to_jsonb(NEW);
BEGIN
  FOREACH col IN ARRAY TG_ARGV LOOP
    IF becomes -> col IS DISTINCT FROM was -> col THEN
      RAISE EXCEPTION '%.% never changes once written', TG_TABLE_NAME, col USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- Arguments: the columns that only change together with the state, and so only with an event.
CREATE FUNCTION refuse_quiet_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  col text;
  was jsonb;
  becomes jsonb;
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state THEN
    RETURN NEW;
  END IF;
  was := to_jsonb(OLD);
  becomes := to_jsonb(NEW);
  FOREACH col IN ARRAY TG_ARGV LOOP
    IF becomes -> col IS DISTINCT FROM was -> col THEN
      RAISE EXCEPTION '%.% changes with the state only', TG_TABLE_NAME, col
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- Failures of callers nobody knows are counted by source and minute instead of being written one by one,
-- so that noise from outside cannot fill the log.
CREATE TABLE stranger_failures (
  source text NOT NULL,
  minute timestamptz NOT NULL,
  kind text NOT NULL,
  count bigint NOT NULL,
  CONSTRAINT stranger_failures_pkey PRIMARY KEY (source, minute, kind)
);
