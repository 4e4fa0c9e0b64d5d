-- Ending early in AWS: what was issued under a grant is denied by the account's boundary policy, until nothing of it can be
-- used any more. Natural ends have no rows here.

-- Sessions are tagged with the last eight characters of their grant's id: short, so that many fit into one policy. Two
-- grants must never share them: ending one would cut off the other.
CREATE UNIQUE INDEX grants_code ON grants (right(id, 8));

-- One boundary policy an account, and one writer at a time: who holds the lease may write.
CREATE TABLE boundaries (
  account_id text CONSTRAINT boundaries_pkey PRIMARY KEY,
  writer text,
  lease_until timestamptz,
  -- What was last read back from AWS.
  version_id text,
  read_back_at timestamptz,
  -- Denies found in AWS that no row explains, each with the instant it was first seen.
  unexplained jsonb NOT NULL DEFAULT '{}',
  -- What stands in the way, since when, and when it is tried again.
  failure text,
  failing_since timestamptz,
  -- Which grants' denies could not be confirmed at the last attempt; null: none of them, whatever they are.
  set_aside jsonb,
  attempts integer NOT NULL DEFAULT 0,
  next_try_at timestamptz,
  CONSTRAINT boundaries_account_is_account CHECK (account_id ~ '^[0-9]{12}$'),
  CONSTRAINT boundaries_lease_is_whole CHECK ((writer IS NULL) = (lease_until IS NULL)),
  CONSTRAINT boundaries_failure_is_whole CHECK ((failure IS NULL) = (failing_since IS NULL))
);

CREATE TABLE denies (
  grant_id text CONSTRAINT denies_pkey PRIMARY KEY CONSTRAINT denies_grant REFERENCES grants (id),
  account_id text NOT NULL,
  -- role: sessions that carry the grant's code. portal: sessions of a permission set that one person opened before an instant.
  kind text NOT NULL,
  role_arn text,
  permission_set_arn text,
  -- As IAM Identity Center told when it was first asked: its roles are named by it.
  permission_set_name text,
  principal_id text,
  issued_before timestamptz,
  -- Past the policy's capacity all older sessions of the role may be denied: opted in by the terms of the grant.
  role_wide_allowed boolean NOT NULL,
  created_at timestamptz NOT NULL,
  -- From here on nothing is left to deny, and the deny leaves the policy.
  lapses_at timestamptz NOT NULL,
  -- When AWS was read back to deny it, in which version of the policy, and by which means.
  confirmed_at timestamptz,
  version_id text,
  role_wide boolean NOT NULL DEFAULT false,
  removed_at timestamptz,
  CONSTRAINT denies_kind_known CHECK (kind IN ('role', 'portal')),
  CONSTRAINT denies_role_is_whole CHECK (kind <> 'role' OR role_arn IS NOT NULL),
  CONSTRAINT denies_portal_is_whole CHECK (
    kind <> 'portal' OR (permission_set_arn IS NOT NULL AND principal_id IS NOT NULL AND issued_before IS NOT NULL)
  ),
  CONSTRAINT denies_confirmed_is_whole CHECK ((confirmed_at IS NULL) = (version_id IS NULL)),
  CONSTRAINT denies_role_wide_opted_in CHECK (role_wide_allowed OR NOT role_wide)
);
CREATE INDEX denies_open ON denies (account_id, lapses_at) WHERE removed_at IS NULL;

CREATE TRIGGER denies_immutable BEFORE UPDATE ON denies
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('grant_id', 'account_id', 'kind', 'role_arn', 'permission_set_arn', 'principal_id', 'role_wide_allowed', 'created_at');

-- What a deny covers and for how long only ever grows, only at the portal, and is not confirmed by the same statement. One that
-- was removed is only needed again when it grows.
CREATE FUNCTION denies_only_grow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  grows boolean := NEW.kind = 'portal' AND NEW.confirmed_at IS NULL AND NEW.removed_at IS NULL
    AND NEW.issued_before > OLD.issued_before AND NEW.lapses_at >= OLD.lapses_at;
BEGIN
  IF NOT coalesce(grows, false) AND (NEW.issued_before IS DISTINCT FROM OLD.issued_before
    OR NEW.lapses_at IS DISTINCT FROM OLD.lapses_at OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at))
  THEN
    RAISE EXCEPTION 'the deny of grant % can only grow', NEW.grant_id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER denies_only_grow BEFORE UPDATE ON denies FOR EACH ROW EXECUTE FUNCTION denies_only_grow();

-- Nothing is read back before it was written down.
CREATE FUNCTION denies_begin_open() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.confirmed_at IS NOT NULL OR NEW.removed_at IS NOT NULL THEN
    RAISE EXCEPTION 'the deny of grant % is not in force yet', NEW.grant_id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER denies_begin_open BEFORE INSERT ON denies FOR EACH ROW EXECUTE FUNCTION denies_begin_open();

-- Confirmed, removed, and not in force any more are facts of the record: none is written without its event in the same
-- transaction. One that grows waits to be confirmed anew, which is no such fact.
CREATE FUNCTION denies_have_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text := CASE
    WHEN NEW.removed_at IS NOT NULL AND OLD.removed_at IS NULL THEN 'deny.removed'
    WHEN NEW.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN 'deny.confirmed'
    WHEN OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS NULL AND NEW.issued_before IS NOT DISTINCT FROM OLD.issued_before
      THEN 'deny.drift'
  END;
BEGIN
  IF wanted IS NOT NULL AND NOT EXISTS (
    SELECT FROM audit_events e WHERE e."grant" = NEW.grant_id AND e.kind = wanted AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'the deny of grant % was written down without an audit event %', NEW.grant_id, wanted
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER denies_have_event AFTER UPDATE ON denies
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION denies_have_event();

-- An operator can silence the alarm of an ending that takes long; its state is none of theirs to change.
ALTER TABLE grants ADD COLUMN silenced_at timestamptz;
ALTER TABLE grants ADD CONSTRAINT grants_silenced_while_ending CHECK (silenced_at IS NULL OR state IN ('ending', 'ended'));

GRANT SELECT, INSERT, UPDATE ON boundaries, denies TO daypass_app;
