-- Approvals in steps: managers, asking for somebody else, narrowing, answers on behalf of others and answers taken back.

-- The OIDC subject of a person's manager, as the identity provider last said.
ALTER TABLE people ADD COLUMN manager text;
CREATE INDEX people_by_subject ON people (subject) WHERE deactivated_at IS NULL;
CREATE INDEX people_by_manager ON people (manager, id) WHERE manager IS NOT NULL;

-- `requester` is whose access it is; who asked for it can be somebody else. Neither ever answers it.
ALTER TABLE requests
  ADD COLUMN asked_by text CONSTRAINT requests_asked_by REFERENCES people (id),
  -- How strongly it was asked, how many seconds after that was proven, and from where: rules look at it again when it is approved.
  ADD COLUMN asked_assurance text NOT NULL DEFAULT 'single-factor',
  ADD COLUMN asked_proof_age integer NOT NULL DEFAULT 0,
  ADD COLUMN asked_from text,
  -- What an approval rests on.
  ADD COLUMN basis text;
UPDATE requests SET asked_by = requester, basis = CASE WHEN state = 'approved' THEN 'reviews' END;
ALTER TABLE requests
  ALTER COLUMN asked_by SET NOT NULL,
  ALTER COLUMN asked_assurance DROP DEFAULT,
  ALTER COLUMN asked_proof_age DROP DEFAULT,
  ADD CONSTRAINT requests_assurance_known CHECK (asked_assurance IN ('single-factor', 'multi-factor', 'phishing-resistant')),
  ADD CONSTRAINT requests_basis_known CHECK (basis IN ('reviews', 'rule', 'break-glass')),
  ADD CONSTRAINT requests_approved_on_a_basis CHECK ((state = 'approved') = (basis IS NOT NULL)),
  DROP CONSTRAINT requests_idempotency,
  ADD CONSTRAINT requests_idempotency UNIQUE (asked_by, idempotency_key);
CREATE INDEX requests_by_asker ON requests (asked_by, id) WHERE asked_by <> requester;

-- Where it was asked from is erased or stays.
CREATE FUNCTION requests_asked_from() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.asked_from IS NOT NULL AND NEW.asked_from IS DISTINCT FROM OLD.asked_from THEN
    RAISE EXCEPTION 'requests.asked_from never changes once written' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_asked_from BEFORE UPDATE OF asked_from ON requests
  FOR EACH ROW EXECUTE FUNCTION requests_asked_from();

-- What a request asked for before it was narrowed: a review that names one of these holds for what is left of it.
CREATE TABLE request_versions (
  request_id text NOT NULL CONSTRAINT request_versions_request REFERENCES requests (id),
  digest text NOT NULL,
  content jsonb NOT NULL,
  narrowed_at timestamptz NOT NULL,
  CONSTRAINT request_versions_pkey PRIMARY KEY (request_id, digest)
);
CREATE TRIGGER request_versions_append_only BEFORE UPDATE OR DELETE ON request_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DROP TRIGGER requests_immutable ON requests;
CREATE TRIGGER requests_immutable BEFORE UPDATE ON requests
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'requester', 'asked_by', 'asked_assurance', 'asked_proof_age', 'catalog_version', 'idempotency_key', 'created_at', 'expires_at');
DROP TRIGGER requests_quiet ON requests;
CREATE TRIGGER requests_quiet BEFORE UPDATE ON requests
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('decided_at', 'basis');

-- The content of a pending request may become strictly less: less time, fewer entitlements, everything else to the letter as it
-- was. What it was is kept, and an event says so, or nothing changes.
CREATE FUNCTION requests_narrowed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  free text[] := ARRAY['durationSeconds', 'entitlements', 'bundles', 'skipped', 'byRule'];
BEGIN
  IF NEW.state <> 'pending' OR OLD.state <> 'pending'
    OR NEW.digest = OLD.digest
    OR NEW.content - free IS DISTINCT FROM OLD.content - free
    OR (NEW.content ->> 'durationSeconds')::int > (OLD.content ->> 'durationSeconds')::int
    OR jsonb_array_length(NEW.content -> 'entitlements') < 1
    OR EXISTS (
      SELECT FROM jsonb_array_elements(NEW.content -> 'entitlements') AS now_asked
      WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(OLD.content -> 'entitlements') AS was_asked WHERE was_asked = now_asked)
    )
    -- What was said of an entitlement goes with it, and nothing is said of the others that was not.
    OR NOT coalesce(OLD.content -> 'skipped', '{}') @> coalesce(NEW.content -> 'skipped', '{}')
    OR NOT coalesce(OLD.content -> 'byRule', '{}') @> coalesce(NEW.content -> 'byRule', '{}')
    OR NOT EXISTS (
      SELECT FROM request_versions v WHERE v.request_id = OLD.id AND v.digest = OLD.digest AND v.content = OLD.content
    )
    OR NOT EXISTS (
      SELECT FROM audit_events e WHERE e.request = NEW.id AND e.kind = 'request.narrowed' AND e.transaction_id = pg_current_xact_id()
    )
  THEN
    RAISE EXCEPTION 'the content of request % can only become less', OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requests_narrowed AFTER UPDATE OF content, digest ON requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.content IS DISTINCT FROM OLD.content OR NEW.digest IS DISTINCT FROM OLD.digest) EXECUTE FUNCTION requests_narrowed();

ALTER TABLE reviews
  -- The schedules that the reviewer was on call in when they answered.
  ADD COLUMN on_call text[] NOT NULL DEFAULT '{}',
  -- The entitlements whose step an approval brought forward: it counts for these alone. Null: a denial, or one from before.
  ADD COLUMN parts text[],
  -- Whose right was handed to the reviewer for a while; null: their own.
  ADD COLUMN on_behalf_of text CONSTRAINT reviews_on_behalf_of REFERENCES people (id),
  ADD COLUMN withdrawn_at timestamptz,
  DROP CONSTRAINT reviews_one_a_person;
CREATE UNIQUE INDEX reviews_one_a_person ON reviews (request_id, reviewer) WHERE withdrawn_at IS NULL;

DROP TRIGGER reviews_immutable ON reviews;
CREATE TRIGGER reviews_not_deleted BEFORE DELETE ON reviews
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reviews_immutable BEFORE UPDATE ON reviews
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'request_id', 'reviewer', 'decision', 'digest', 'comment', 'via', 'created_at', 'on_call', 'parts', 'on_behalf_of');

-- An answer is taken back once and for good, and not without its event.
CREATE FUNCTION reviews_withdrawn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL OR NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.request = NEW.request_id AND e.kind = 'review.withdrawn' AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'review % cannot be withdrawn', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reviews_withdrawn AFTER UPDATE OF withdrawn_at ON reviews
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) EXECUTE FUNCTION reviews_withdrawn();

-- A review answers the exact request, or one that it was narrowed from, and never one's own: neither that of the reviewer nor of
-- whoever they answer for. Postgres holds it, whatever the code above does.
CREATE OR REPLACE FUNCTION reviews_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked requests%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM requests WHERE id = NEW.request_id FOR UPDATE;
  IF NEW.reviewer IN (asked.requester, asked.asked_by) THEN
    RAISE EXCEPTION 'nobody reviews their own request' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_not_own';
  END IF;
  IF NEW.on_behalf_of IN (asked.requester, asked.asked_by, NEW.reviewer) THEN
    RAISE EXCEPTION 'nobody reviews on behalf of who asked' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_not_on_behalf_of_own';
  END IF;
  IF asked.digest <> NEW.digest AND NOT EXISTS (
    SELECT FROM request_versions v WHERE v.request_id = asked.id AND v.digest = NEW.digest
  ) THEN
    RAISE EXCEPTION 'the review names another digest' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_digest_matches';
  END IF;
  IF asked.state <> 'pending' THEN
    RAISE EXCEPTION 'request % is already %', asked.id, asked.state USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_of_pending';
  END IF;
  RETURN NEW;
END $$;

-- What rests on reviews has one: approved by nobody is not approved.
CREATE FUNCTION requests_approved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.basis = 'reviews' AND NOT EXISTS (
    SELECT FROM reviews r WHERE r.request_id = NEW.id AND r.decision = 'approve' AND r.withdrawn_at IS NULL
  ) THEN
    RAISE EXCEPTION 'request % was approved by nobody', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  -- Nor is what rests on rules, unless a rule is named for each thing that it asks for.
  IF NEW.basis = 'rule' AND EXISTS (
    SELECT FROM jsonb_array_elements(NEW.content -> 'entitlements') AS asked
    WHERE NEW.content -> 'byRule' ->> (asked ->> 'id') IS NULL
  ) THEN
    RAISE EXCEPTION 'request % was approved by no rule', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requests_approved AFTER INSERT OR UPDATE OF state ON requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION requests_approved();

-- No grant without an approved request of the same person for just that.
CREATE OR REPLACE FUNCTION grants_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM requests r, jsonb_array_elements(r.content -> 'entitlements') AS asked
    WHERE r.id = NEW.request_id AND r.state = 'approved' AND r.requester = NEW.person_id AND asked ->> 'id' = NEW.entitlement
  ) THEN
    RAISE EXCEPTION 'grant % has no approved request behind it', NEW.id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'grants_approved';
  END IF;
  RETURN NEW;
END $$;

GRANT SELECT, INSERT ON request_versions TO daypass_app;
GRANT UPDATE (withdrawn_at) ON reviews TO daypass_app;
