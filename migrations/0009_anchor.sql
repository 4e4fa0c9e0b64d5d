-- A database that was restored, or is another one than before, starts closed. What tells is a file outside of the database,
-- the anchor; what it is compared with, and what "closed" means, is here.

-- Which database this is, and how far it has come. A copy keeps the id: what differs then is how far it came.
CREATE TABLE database_identity (
  only_row boolean NOT NULL DEFAULT true CONSTRAINT database_identity_pkey PRIMARY KEY,
  id uuid NOT NULL,
  -- Counts up each time before the anchor is written. Whatever was committed before a mark is in every copy that has the mark:
  -- the ids of events cannot say that, because they sort by the clock of whoever made them.
  mark bigint NOT NULL,
  -- The newest event at that mark, by its id and by its transaction: two histories that part have different ones.
  event text,
  transaction_id xid8,
  CONSTRAINT database_identity_one_row CHECK (only_row)
);
INSERT INTO database_identity (id, mark) VALUES (gen_random_uuid(), 0);

CREATE FUNCTION database_identity_counts_up() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.mark <> OLD.mark + 1 THEN
    RAISE EXCEPTION 'the mark of a database goes up by one, and its id never changes' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER database_identity_counts_up BEFORE UPDATE ON database_identity
  FOR EACH ROW EXECUTE FUNCTION database_identity_counts_up();

CREATE TABLE closures (
  id text CONSTRAINT closures_pkey PRIMARY KEY,
  closed_at timestamptz NOT NULL,
  reason text NOT NULL,
  -- The newest event that the anchor names; null when the anchor could not be read.
  anchor_event text,
  anchor_time timestamptz,
  -- The newest event that the database had.
  database_event text,
  database_time timestamptz,
  opened_at timestamptz,
  -- Another restore came before this one was confirmed: from then on that closure counts.
  superseded_by text CONSTRAINT closures_superseded_by REFERENCES closures (id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT closures_id_is_closure CHECK (id ~ '^cls_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT closures_reason_known CHECK (reason IN ('older_database', 'other_database', 'damaged_anchor', 'forged_anchor')),
  CONSTRAINT closures_superseded_is_over CHECK (superseded_by IS NULL OR (opened_at IS NOT NULL AND superseded_by <> id))
);
CREATE UNIQUE INDEX closures_one_open ON closures ((true)) WHERE opened_at IS NULL;
CREATE INDEX closures_newest ON closures (closed_at);
CREATE TRIGGER closures_immutable BEFORE UPDATE ON closures
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'closed_at', 'reason', 'anchor_event', 'anchor_time', 'database_event', 'database_time');

-- Who says that what a restore brings back was looked after. One person counts once.
CREATE TABLE closure_confirmations (
  closure_id text NOT NULL CONSTRAINT closure_confirmations_closure REFERENCES closures (id),
  person_id text NOT NULL CONSTRAINT closure_confirmations_person REFERENCES people (id),
  sign_in_id text NOT NULL CONSTRAINT closure_confirmations_sign_in REFERENCES sign_ins (id),
  because text NOT NULL,
  confirmed_at timestamptz NOT NULL,
  CONSTRAINT closure_confirmations_pkey PRIMARY KEY (closure_id, person_id)
);
CREATE TRIGGER closure_confirmations_immutable BEFORE UPDATE OR DELETE ON closure_confirmations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- By somebody who signed in after the closing, with a second factor: what was signed in before may be a thief's again.
CREATE FUNCTION closure_confirmations_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  closing closures%ROWTYPE;
BEGIN
  SELECT * INTO closing FROM closures WHERE id = NEW.closure_id FOR UPDATE;
  IF closing.opened_at IS NOT NULL THEN
    RAISE EXCEPTION 'closure % is over', closing.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closure_confirmations_of_open';
  END IF;
  IF NOT EXISTS (
    SELECT FROM sign_ins s JOIN people p ON p.id = s.person_id
    WHERE s.id = NEW.sign_in_id AND s.person_id = NEW.person_id AND s.revoked_at IS NULL AND s.expires_at > NEW.confirmed_at
      AND s.created_at >= closing.closed_at AND s.assurance_level <> 'single-factor' AND p.deactivated_at IS NULL
  ) THEN
    RAISE EXCEPTION '% has not signed in with a second factor since closure %', NEW.person_id, closing.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closure_confirmations_fresh';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closure_confirmations_check BEFORE INSERT ON closure_confirmations
  FOR EACH ROW EXECUTE FUNCTION closure_confirmations_check();

-- Opened by two people, or succeeded by a closure that is open; once; and never without its event.
CREATE FUNCTION closures_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text := CASE WHEN NEW.opened_at IS NULL THEN 'database.closed' WHEN NEW.superseded_by IS NULL THEN 'database.opened' END;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.opened_at IS NOT NULL THEN
    RAISE EXCEPTION 'closure % is over', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closures_opened_once';
  END IF;
  IF NEW.superseded_by IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM closures c WHERE c.id = NEW.superseded_by AND c.opened_at IS NULL) THEN
      RAISE EXCEPTION 'closure % is succeeded by none', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closures_superseded_by_open';
    END IF;
  ELSIF NEW.opened_at IS NOT NULL AND (SELECT count(*) FROM closure_confirmations c WHERE c.closure_id = NEW.id) < 2 THEN
    RAISE EXCEPTION 'closure % takes two people to open', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closures_take_two';
  END IF;
  IF wanted IS NOT NULL AND NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.kind = wanted AND e.transaction_id = pg_current_xact_id() AND e.leaf::jsonb #>> '{details,closure}' = NEW.id
  ) THEN
    RAISE EXCEPTION 'closure % without an audit event %', NEW.id, wanted USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closures_have_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closures_check AFTER INSERT OR UPDATE ON closures
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION closures_check();

-- Nothing is asked, answered, made active or issued while a closure is open, whichever replica tries. The lock is shared by
-- all who try; closing takes it alone, so that it waits for those who did not see it, and those after it do.
CREATE FUNCTION refuse_while_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4221775119);
  IF EXISTS (SELECT FROM closures WHERE opened_at IS NULL) THEN
    RAISE EXCEPTION 'the database is closed until two operators have confirmed'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closed_until_confirmed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_while_closed BEFORE INSERT ON requests
  FOR EACH ROW EXECUTE FUNCTION refuse_while_closed();
CREATE TRIGGER reviews_while_closed BEFORE INSERT ON reviews
  FOR EACH ROW EXECUTE FUNCTION refuse_while_closed();
CREATE TRIGGER grants_while_closed BEFORE INSERT OR UPDATE OF state ON grants
  FOR EACH ROW WHEN (NEW.state IN ('scheduled', 'activating', 'active')) EXECUTE FUNCTION refuse_while_closed();
CREATE TRIGGER sessions_while_closed BEFORE INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION refuse_while_closed();

GRANT SELECT ON database_identity, closures, closure_confirmations TO daypass_app;
GRANT UPDATE (mark, event, transaction_id) ON database_identity TO daypass_app;
GRANT INSERT ON closures, closure_confirmations TO daypass_app;
GRANT UPDATE (opened_at, superseded_by) ON closures TO daypass_app;
