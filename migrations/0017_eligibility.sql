-- Reviews of who may ask: on a rhythm, the owners of an entitlement say who may go on asking for it.

-- Since when the rhythm of an entitlement is known, and when its last review was opened. Whoever opens one holds this row.
CREATE TABLE eligibility_rhythms (
  entitlement text CONSTRAINT eligibility_rhythms_pkey PRIMARY KEY,
  since timestamptz NOT NULL,
  opened_at timestamptz,
  CONSTRAINT eligibility_rhythms_in_order CHECK (opened_at >= since)
);

CREATE TABLE eligibility_review_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT eligibility_review_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO eligibility_review_transitions VALUES
  ('new', 'open'),
  ('open', 'closed');

CREATE TABLE eligibility_reviews (
  id text CONSTRAINT eligibility_reviews_pkey PRIMARY KEY,
  entitlement text NOT NULL CONSTRAINT eligibility_reviews_rhythm REFERENCES eligibility_rhythms (entitlement),
  catalog_version text NOT NULL CONSTRAINT eligibility_reviews_catalog REFERENCES catalogs (version),
  state text NOT NULL,
  prior_state text NOT NULL,
  opened_at timestamptz NOT NULL,
  -- Whoever was not answered for by then may not ask any more.
  due_at timestamptz NOT NULL,
  -- When owners are told once more; null: they are told once.
  remind_at timestamptz,
  reminded_at timestamptz,
  closed_at timestamptz,
  closed_because text,
  CONSTRAINT eligibility_reviews_id_is_review CHECK (id ~ '^elr_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT eligibility_reviews_legal_transition FOREIGN KEY (prior_state, state) REFERENCES eligibility_review_transitions,
  CONSTRAINT eligibility_reviews_window CHECK (opened_at < due_at),
  CONSTRAINT eligibility_reviews_reminder CHECK (remind_at > opened_at AND remind_at < due_at),
  CONSTRAINT eligibility_reviews_closed_once CHECK ((state = 'closed') = (closed_at IS NOT NULL AND closed_because IS NOT NULL)),
  -- due: its time was over. withdrawn: the catalog does not review it any more, and nobody was dropped for it.
  CONSTRAINT eligibility_reviews_closed_reason CHECK (closed_because IN ('due', 'withdrawn'))
);
CREATE UNIQUE INDEX eligibility_reviews_one_open ON eligibility_reviews (entitlement) WHERE state = 'open';
CREATE INDEX eligibility_reviews_by_entitlement ON eligibility_reviews (entitlement, id);

CREATE TRIGGER eligibility_reviews_prior_state BEFORE INSERT OR UPDATE ON eligibility_reviews
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER eligibility_reviews_immutable BEFORE UPDATE ON eligibility_reviews
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'entitlement', 'catalog_version', 'opened_at', 'due_at', 'remind_at');
CREATE TRIGGER eligibility_reviews_quiet BEFORE UPDATE ON eligibility_reviews
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('closed_at', 'closed_because');

-- Who could ask when a review was opened, what they had done with it, and what was said of them.
CREATE TABLE eligibility_items (
  review_id text NOT NULL CONSTRAINT eligibility_items_review REFERENCES eligibility_reviews (id),
  person_id text NOT NULL CONSTRAINT eligibility_items_person REFERENCES people (id),
  -- The group by which they may ask; null: they are named.
  by_group text,
  uses integer NOT NULL,
  last_use_at timestamptz,
  unused boolean NOT NULL,
  decision text,
  decided_by text CONSTRAINT eligibility_items_decider REFERENCES people (id),
  decided_at timestamptz,
  comment text,
  CONSTRAINT eligibility_items_pkey PRIMARY KEY (review_id, person_id),
  CONSTRAINT eligibility_items_uses_count CHECK (uses >= 0 AND (uses > 0) = (last_use_at IS NOT NULL)),
  CONSTRAINT eligibility_items_decision_known CHECK (decision IN ('keep', 'drop', 'lapsed')),
  CONSTRAINT eligibility_items_decided_once CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CONSTRAINT eligibility_items_decided_by_person CHECK ((decision IN ('keep', 'drop')) IS TRUE = (decided_by IS NOT NULL)),
  CONSTRAINT eligibility_items_not_own CHECK (decided_by <> person_id)
);
CREATE INDEX eligibility_items_unanswered ON eligibility_items (review_id, person_id) WHERE decision IS NULL;
CREATE TRIGGER eligibility_items_immutable BEFORE UPDATE ON eligibility_items
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('review_id', 'person_id', 'by_group', 'uses', 'last_use_at', 'unused');

CREATE TRIGGER eligibility_items_while_closed BEFORE UPDATE OF decision ON eligibility_items
  FOR EACH ROW WHEN (NEW.decision = 'keep') EXECUTE FUNCTION refuse_while_closed();

-- Nobody is added to a review once it is opened, and nobody is answered for before.
CREATE FUNCTION eligibility_items_come_with_review() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM added WHERE decision IS NOT NULL) OR EXISTS (
    SELECT FROM (SELECT DISTINCT review_id FROM added) AS i JOIN eligibility_reviews r ON r.id = i.review_id
    WHERE r.state <> 'open' OR r.xmin <> pg_current_xact_id()::xid
  ) THEN
    RAISE EXCEPTION 'people come into a review when it is opened, and are answered for later'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER eligibility_items_come_with_review AFTER INSERT ON eligibility_items
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION eligibility_items_come_with_review();

-- Who may not ask any more for what the rules would let them ask for.
CREATE TABLE eligibility_drops (
  id text CONSTRAINT eligibility_drops_pkey PRIMARY KEY,
  entitlement text NOT NULL,
  person_id text NOT NULL,
  review_id text NOT NULL,
  since timestamptz NOT NULL,
  ended_at timestamptz,
  -- The review in which an owner kept them.
  ended_by_review text,
  CONSTRAINT eligibility_drops_id_is_drop CHECK (id ~ '^eld_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT eligibility_drops_item FOREIGN KEY (review_id, person_id) REFERENCES eligibility_items,
  CONSTRAINT eligibility_drops_ended_item FOREIGN KEY (ended_by_review, person_id) REFERENCES eligibility_items,
  CONSTRAINT eligibility_drops_ended CHECK ((ended_at IS NULL) = (ended_by_review IS NULL))
);
CREATE UNIQUE INDEX eligibility_drops_one_open ON eligibility_drops (person_id, entitlement) WHERE ended_at IS NULL;
CREATE TRIGGER eligibility_drops_immutable BEFORE UPDATE ON eligibility_drops
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'entitlement', 'person_id', 'review_id', 'since');

CREATE FUNCTION eligibility_drops_end_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'drop % has ended already', OLD.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER eligibility_drops_end_once BEFORE UPDATE ON eligibility_drops
  FOR EACH ROW EXECUTE FUNCTION eligibility_drops_end_once();

-- None of it without its event.
CREATE FUNCTION eligibility_reviews_have_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text := CASE NEW.state WHEN 'open' THEN 'eligibility.opened' ELSE 'eligibility.closed' END;
BEGIN
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.kind = wanted AND e.entitlement = NEW.entitlement AND e.transaction_id = pg_current_xact_id()
      AND e.leaf::jsonb #>> '{details,review}' = NEW.id
  ) THEN
    RAISE EXCEPTION 'review % without an audit event %', NEW.id, wanted
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.closed_because = 'due' AND EXISTS (SELECT FROM eligibility_items i WHERE i.review_id = NEW.id AND i.decision IS NULL) THEN
    RAISE EXCEPTION 'review % is closed, and somebody was not answered for', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'eligibility_reviews_all_answered';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER eligibility_reviews_have_event AFTER INSERT OR UPDATE OF state ON eligibility_reviews
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION eligibility_reviews_have_event();

-- The events of this transaction about somebody. By the person first: kinds and entitlements have many more.
CREATE FUNCTION eligibility_events_about(person text) RETURNS TABLE (kind text, entitlement text, review text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT e.kind, e.entitlement, e.leaf::jsonb #>> '{details,review}'
  FROM audit_events e WHERE e.subject = person AND e.transaction_id = pg_current_xact_id()
$$;

-- What is said of somebody has its event, and is what holds: whoever is kept may ask, whoever is not may not.
CREATE FUNCTION eligibility_items_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text := CASE NEW.decision WHEN 'keep' THEN 'eligibility.kept' WHEN 'drop' THEN 'eligibility.dropped' ELSE 'eligibility.lapsed' END;
  latest eligibility_items%ROWTYPE;
BEGIN
  IF NOT EXISTS (
    SELECT FROM eligibility_events_about(NEW.person_id) AS e (kind, entitlement, review)
    WHERE e.kind = wanted AND e.review = NEW.review_id
  ) THEN
    RAISE EXCEPTION 'an answer in review % without an audit event %', NEW.review_id, wanted
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  -- Of several answers in one transaction the last one holds.
  SELECT * INTO latest FROM eligibility_items i WHERE i.review_id = NEW.review_id AND i.person_id = NEW.person_id;
  IF (latest.decision IS DISTINCT FROM 'keep') IS DISTINCT FROM EXISTS (
    SELECT FROM eligibility_drops d JOIN eligibility_reviews r ON r.entitlement = d.entitlement
    WHERE r.id = NEW.review_id AND d.person_id = NEW.person_id AND d.ended_at IS NULL
  ) THEN
    RAISE EXCEPTION 'what is said in review % is not what holds', NEW.review_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'eligibility_items_hold';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER eligibility_items_decided AFTER UPDATE ON eligibility_items
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION eligibility_items_decided();

CREATE FUNCTION eligibility_drops_have_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept_or_dropped_in text := coalesce(NEW.ended_by_review, NEW.review_id);
BEGIN
  IF NOT EXISTS (SELECT FROM eligibility_reviews r WHERE r.id = kept_or_dropped_in AND r.entitlement = NEW.entitlement) OR NOT EXISTS (
    SELECT FROM eligibility_events_about(NEW.person_id) AS e (kind, entitlement, review)
    WHERE e.entitlement = NEW.entitlement AND e.review = kept_or_dropped_in
      AND e.kind = ANY (CASE WHEN NEW.ended_at IS NULL THEN ARRAY['eligibility.dropped', 'eligibility.lapsed'] ELSE ARRAY['eligibility.kept'] END)
  ) THEN
    RAISE EXCEPTION 'drop % without its audit event', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER eligibility_drops_have_event AFTER INSERT OR UPDATE ON eligibility_drops
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION eligibility_drops_have_event();

-- Whoever was dropped is not given it, whatever the code above does. Break-glass has names of its own.
CREATE FUNCTION requests_not_dropped() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM eligibility_drops d, jsonb_array_elements(NEW.content -> 'entitlements') AS asked
    WHERE d.person_id = NEW.requester AND d.entitlement = asked ->> 'id' AND d.ended_at IS NULL
  ) THEN
    RAISE EXCEPTION 'request % is of somebody whom a review has dropped', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requests_not_dropped AFTER UPDATE OF state ON requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state = 'approved' AND NEW.basis <> 'break-glass') EXECUTE FUNCTION requests_not_dropped();

GRANT SELECT ON eligibility_review_transitions TO daypass_app;
GRANT SELECT, INSERT ON eligibility_rhythms, eligibility_reviews, eligibility_items, eligibility_drops TO daypass_app;
GRANT UPDATE (opened_at) ON eligibility_rhythms TO daypass_app;
GRANT UPDATE (state, reminded_at, closed_at, closed_because) ON eligibility_reviews TO daypass_app;
GRANT UPDATE (decision, decided_by, decided_at, comment) ON eligibility_items TO daypass_app;
GRANT UPDATE (ended_at, ended_by_review) ON eligibility_drops TO daypass_app;
