-- What was seen in AWS of what the catalog offers, so that approvals read it without calling AWS.

-- One look an account at a time, whichever replica takes it: who holds the lease looks.
CREATE TABLE preflight_accounts (
  account_id text CONSTRAINT preflight_accounts_pkey PRIMARY KEY,
  looker text,
  lease_until timestamptz,
  -- Asked for, by a person or a new catalog, and not begun since.
  asked_at timestamptz,
  checked_at timestamptz,
  -- Looks in a row in which something could not be reached.
  attempts integer NOT NULL DEFAULT 0,
  next_look_at timestamptz NOT NULL,
  CONSTRAINT preflight_accounts_account_is_account CHECK (account_id ~ '^[0-9]{12}$'),
  CONSTRAINT preflight_accounts_lease_is_whole CHECK ((looker IS NULL) = (lease_until IS NULL))
);

CREATE TABLE preflight (
  entitlement text CONSTRAINT preflight_pkey PRIMARY KEY,
  account_id text NOT NULL CONSTRAINT preflight_account REFERENCES preflight_accounts (account_id),
  -- Digest of the target that was looked at: of any other this says nothing.
  target text NOT NULL,
  verdict text NOT NULL,
  findings jsonb NOT NULL,
  checked_at timestamptz NOT NULL,
  CONSTRAINT preflight_verdict_known CHECK (verdict IN ('ok', 'unknown', 'warning', 'error')),
  CONSTRAINT preflight_target_is_digest CHECK (target ~ '^sha256:[0-9a-f]{64}$'),
  CONSTRAINT preflight_findings_are_list CHECK (jsonb_typeof(findings) = 'array')
);

-- A verdict decides what may be approved: it changes with its event, in the same transaction, or not at all.
CREATE FUNCTION preflight_has_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.verdict = OLD.verdict THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.entitlement = NEW.entitlement AND e.kind = 'preflight.changed' AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'the verdict on % was written down without an audit event preflight.changed', NEW.entitlement
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER preflight_has_event AFTER INSERT OR UPDATE ON preflight
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION preflight_has_event();

GRANT SELECT, INSERT, UPDATE ON preflight_accounts, preflight TO daypass_app;
