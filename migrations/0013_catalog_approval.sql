-- Which catalog is in force, since when and by what right; and how two operators put a new one in force.

CREATE TABLE catalog_proposal_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT catalog_proposal_transitions_pkey PRIMARY KEY (from_state, to_state)
);
INSERT INTO catalog_proposal_transitions VALUES
  ('new', 'proposed'),
  ('proposed', 'approved'),
  ('proposed', 'rejected'),
  ('proposed', 'superseded');

-- What a file says that nobody has approved yet. The same version can be proposed again: what was said to it before counts no more.
CREATE TABLE catalog_proposals (
  id text CONSTRAINT catalog_proposals_pkey PRIMARY KEY,
  version text NOT NULL CONSTRAINT catalog_proposals_catalog REFERENCES catalogs (version),
  state text NOT NULL,
  prior_state text NOT NULL,
  proposed_at timestamptz NOT NULL,
  decided_at timestamptz,
  -- Who rejected it, or gave the last approval it needed. Nobody: another catalog took its place.
  decided_by text CONSTRAINT catalog_proposals_decider REFERENCES people (id),
  because text,
  CONSTRAINT catalog_proposals_id_is_proposal CHECK (id ~ '^cpr_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT catalog_proposals_legal_transition FOREIGN KEY (prior_state, state) REFERENCES catalog_proposal_transitions,
  CONSTRAINT catalog_proposals_decided_once CHECK ((state = 'proposed') = (decided_at IS NULL)),
  CONSTRAINT catalog_proposals_decided_by_person CHECK ((state IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
  CONSTRAINT catalog_proposals_rejected_because CHECK ((state = 'rejected') = (because IS NOT NULL)),
  CONSTRAINT catalog_proposals_of_version UNIQUE (id, version)
);
CREATE UNIQUE INDEX catalog_proposals_one_open ON catalog_proposals ((true)) WHERE state = 'proposed';
CREATE INDEX catalog_proposals_by_version ON catalog_proposals (version, id);

CREATE TRIGGER catalog_proposals_prior_state BEFORE INSERT OR UPDATE ON catalog_proposals
  FOR EACH ROW EXECUTE FUNCTION remember_prior_state();
CREATE TRIGGER catalog_proposals_immutable BEFORE UPDATE ON catalog_proposals
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'version', 'proposed_at');
CREATE TRIGGER catalog_proposals_quiet BEFORE UPDATE ON catalog_proposals
  FOR EACH ROW EXECUTE FUNCTION refuse_quiet_change('decided_at', 'decided_by', 'because');

-- Who approved. One person counts once, and names the digest with it.
CREATE TABLE catalog_approvals (
  proposal_id text NOT NULL,
  version text NOT NULL,
  person_id text NOT NULL CONSTRAINT catalog_approvals_person REFERENCES people (id),
  sign_in_id text NOT NULL CONSTRAINT catalog_approvals_sign_in REFERENCES sign_ins (id),
  approved_at timestamptz NOT NULL,
  CONSTRAINT catalog_approvals_pkey PRIMARY KEY (proposal_id, person_id),
  CONSTRAINT catalog_approvals_proposal FOREIGN KEY (proposal_id, version) REFERENCES catalog_proposals (id, version)
);
CREATE TRIGGER catalog_approvals_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON catalog_approvals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- By somebody who is there, signed in with a second factor, to a proposal that is open.
CREATE FUNCTION catalog_approvals_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked catalog_proposals%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM catalog_proposals WHERE id = NEW.proposal_id FOR UPDATE;
  IF asked.state <> 'proposed' THEN
    RAISE EXCEPTION 'proposal % is already %', asked.id, asked.state
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_approvals_of_open';
  END IF;
  IF NOT EXISTS (
    SELECT FROM sign_ins s JOIN people p ON p.id = s.person_id
    WHERE s.id = NEW.sign_in_id AND s.person_id = NEW.person_id AND s.revoked_at IS NULL AND s.expires_at > NEW.approved_at
      AND s.assurance_level <> 'single-factor' AND p.deactivated_at IS NULL
  ) THEN
    RAISE EXCEPTION '% is not signed in with a second factor', NEW.person_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_approvals_signed_in';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_approvals_check BEFORE INSERT ON catalog_approvals
  FOR EACH ROW EXECUTE FUNCTION catalog_approvals_check();
CREATE TRIGGER catalog_approvals_while_closed BEFORE INSERT ON catalog_approvals
  FOR EACH ROW EXECUTE FUNCTION refuse_while_closed();

-- The newest row is the catalog in force, for every replica.
CREATE TABLE catalog_in_force (
  -- Counts up in the order of the commits: the clocks of replicas differ.
  position bigint CONSTRAINT catalog_in_force_pkey PRIMARY KEY,
  version text NOT NULL CONSTRAINT catalog_in_force_catalog REFERENCES catalogs (version),
  since timestamptz NOT NULL,
  basis text NOT NULL,
  -- What two operators approved. Counts once.
  proposal_id text CONSTRAINT catalog_in_force_proposal REFERENCES catalog_proposals (id),
  -- Digest of the exact bytes that were signed, and the key. Signed bytes count once: an old file cannot come back by itself.
  signed_text text,
  signing_key text,
  CONSTRAINT catalog_in_force_basis_known CHECK (basis IN ('first', 'operators', 'signature', 'file')),
  CONSTRAINT catalog_in_force_by_proposal CHECK ((basis = 'operators') = (proposal_id IS NOT NULL)),
  CONSTRAINT catalog_in_force_by_signature CHECK ((basis = 'signature') = (signed_text IS NOT NULL AND signing_key IS NOT NULL)),
  CONSTRAINT catalog_in_force_signed_text_is_digest CHECK (signed_text ~ '^sha256:[0-9a-f]{64}$'),
  CONSTRAINT catalog_in_force_proposal_once UNIQUE (proposal_id),
  CONSTRAINT catalog_in_force_signed_once UNIQUE (signed_text)
);

-- A database that was in use goes on with the catalog that it had.
INSERT INTO catalog_in_force (position, version, since, basis)
SELECT 1, c.version, e.time, 'first'
FROM audit_events e JOIN catalogs c ON c.version = e.leaf::jsonb ->> 'catalogVersion'
WHERE e.kind = 'catalog.loaded' ORDER BY e.id DESC LIMIT 1;

CREATE TRIGGER catalog_in_force_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalog_in_force
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One after the other; the first is taken as it is once; and where operators decide, two different ones have approved this version.
CREATE FUNCTION catalog_in_force_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4221775213);
  SELECT max(position) INTO newest FROM catalog_in_force;
  NEW.position := coalesce(newest, 0) + 1;
  IF NEW.basis = 'first' AND newest IS NOT NULL THEN
    RAISE EXCEPTION 'a catalog is in force already' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_in_force_first_once';
  END IF;
  IF NEW.basis = 'operators' THEN
    IF NOT EXISTS (SELECT FROM catalog_proposals p WHERE p.id = NEW.proposal_id AND p.version = NEW.version AND p.state = 'approved') THEN
      RAISE EXCEPTION 'catalog % was not approved', NEW.version USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_in_force_approved';
    END IF;
    IF (
      SELECT count(*) FROM catalog_approvals a JOIN people p ON p.id = a.person_id
      WHERE a.proposal_id = NEW.proposal_id AND a.version = NEW.version AND p.deactivated_at IS NULL
    ) < 2 THEN
      RAISE EXCEPTION 'catalog % takes two people', NEW.version USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_in_force_takes_two';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_in_force_check BEFORE INSERT ON catalog_in_force
  FOR EACH ROW EXECUTE FUNCTION catalog_in_force_check();

-- None of it without its event, and no approved proposal that is not in force.
CREATE FUNCTION catalog_has_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text;
  proposal text;
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'catalog_proposals' THEN
      wanted := 'catalog.' || NEW.state;
      proposal := NEW.id;
      IF NEW.state = 'approved' AND NOT EXISTS (SELECT FROM catalog_in_force f WHERE f.proposal_id = NEW.id) THEN
        RAISE EXCEPTION 'proposal % is approved and its catalog not in force', NEW.id
          USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_proposals_approved_is_in_force';
      END IF;
    WHEN 'catalog_approvals' THEN
      wanted := 'catalog.reviewed';
      proposal := NEW.proposal_id;
    WHEN 'catalog_in_force' THEN
      wanted := 'catalog.loaded';
      proposal := NEW.proposal_id;
  END CASE;
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.kind = wanted AND e.transaction_id = pg_current_xact_id() AND e.leaf::jsonb ->> 'catalogVersion' = NEW.version
      AND e.leaf::jsonb #>> '{details,proposal}' IS NOT DISTINCT FROM proposal
  ) THEN
    RAISE EXCEPTION 'catalog % without an audit event %', NEW.version, wanted
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER catalog_proposals_have_event AFTER INSERT OR UPDATE OF state ON catalog_proposals
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_has_event();
CREATE CONSTRAINT TRIGGER catalog_approvals_have_event AFTER INSERT ON catalog_approvals
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_has_event();
CREATE CONSTRAINT TRIGGER catalog_in_force_has_event AFTER INSERT ON catalog_in_force
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_has_event();

GRANT SELECT ON catalog_proposal_transitions TO daypass_app;
GRANT SELECT, INSERT ON catalog_proposals, catalog_approvals, catalog_in_force TO daypass_app;
GRANT UPDATE (state, decided_at, decided_by, because) ON catalog_proposals TO daypass_app;
