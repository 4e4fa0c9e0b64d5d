-- Requests and reviews: from an ask to a decision.

CREATE TABLE request_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT request_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO request_transitions VALUES
  ('new', 'pending'),
  ('pending', 'approved'),
  ('pending', 'denied'),
  ('pending', 'cancelled'),
  ('pending', 'expired');

CREATE TABLE requests (
  id text CONSTRAINT requests_pkey PRIMARY KEY,
  requester text NOT NULL CONSTRAINT requests_requester REFERENCES people (id),
  -- What is asked for, exactly as the digest covers it: who, what, how long, why, and each entitlement's resolved terms.
  content jsonb NOT NULL,
  digest text NOT NULL,
  catalog_version text NOT NULL CONSTRAINT requests_catalog REFERENCES catalogs (version),
  state text NOT NULL,
  prior_state text NOT NULL,
  idempotency_key text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  CONSTRAINT requests_id_is_request CHECK (id ~ '^req_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT requests_digest_is_sha256 CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
  CONSTRAINT requests_legal_transition FOREIGN KEY (prior_state, state) REFERENCES request_transitions,
  CONSTRAINT requests_decided_once CHECK ((state = 'pending') = (decided_at IS NULL)),
  CONSTRAINT requests_idempotency UNIQUE (requester, idempotency_key)
);
CREATE INDEX requests_by_requester ON requests (requester, id);
CREATE INDEX requests_pending ON requests (expires_at) WHERE state = 'pending';

CREATE TRIGGER requests_prior_state BEFORE INSERT OR UPDATE ON requests
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER requests_immutable BEFORE UPDATE ON requests
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'requester', 'content', 'digest', 'catalog_version', 'idempotency_key', 'created_at', 'expires_at');
CREATE TRIGGER requests_quiet BEFORE UPDATE ON requests
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('decided_at');
CREATE CONSTRAINT TRIGGER requests_state_has_event AFTER INSERT OR UPDATE OF state ON requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event('request');

-- One row an entitlement, to find a request by what it asks for.
CREATE TABLE request_entitlements (
  request_id text NOT NULL CONSTRAINT request_entitlements_request REFERENCES requests (id),
  entitlement text NOT NULL,
  CONSTRAINT request_entitlements_pkey PRIMARY KEY (request_id, entitlement)
);
CREATE INDEX request_entitlements_by_entitlement ON request_entitlements (entitlement, request_id);

CREATE TABLE reviews (
  id text CONSTRAINT reviews_pkey PRIMARY KEY,
  request_id text NOT NULL CONSTRAINT reviews_request REFERENCES requests (id),
  reviewer text NOT NULL CONSTRAINT reviews_reviewer REFERENCES people (id),
  decision text NOT NULL,
  digest text NOT NULL,
  comment text,
  via text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT reviews_id_is_review CHECK (id ~ '^rev_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT reviews_decision_known CHECK (decision IN ('approve', 'deny')),
  CONSTRAINT reviews_one_a_person UNIQUE (request_id, reviewer)
);
CREATE TRIGGER reviews_immutable BEFORE UPDATE OR DELETE ON reviews
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A review answers the exact request, and never the reviewer's own. Postgres holds both, whatever the code above does.
CREATE FUNCTION reviews_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked requests%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM requests WHERE id = NEW.request_id FOR UPDATE;
  IF asked.requester = NEW.reviewer THEN
    RAISE EXCEPTION 'nobody reviews their own request' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_not_own';
  END IF;
  IF asked.digest <> NEW.digest THEN
    RAISE EXCEPTION 'the review names another digest' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_digest_matches';
  END IF;
  IF asked.state <> 'pending' THEN
    RAISE EXCEPTION 'request % is already %', asked.id, asked.state USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_of_pending';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reviews_check BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION reviews_check();
