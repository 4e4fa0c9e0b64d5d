-- Rights to answer, handed to somebody else for a while.

CREATE TABLE delegations (
  id text CONSTRAINT delegations_pkey PRIMARY KEY,
  -- Whose right it is, and to whom it was handed.
  principal text NOT NULL CONSTRAINT delegations_principal REFERENCES people (id),
  delegate text NOT NULL CONSTRAINT delegations_delegate REFERENCES people (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  -- Patterns of entitlement ids, in which * stands for any characters; null: everything that the principal may answer.
  entitlements text[],
  because text NOT NULL,
  created_at timestamptz NOT NULL,
  -- When it was ended before its time, and by whom; nobody: Daypass closed after a restore.
  ended_at timestamptz,
  ended_by text CONSTRAINT delegations_ender REFERENCES people (id),
  CONSTRAINT delegations_id_is_delegation CHECK (id ~ '^dlg_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT delegations_to_somebody_else CHECK (principal <> delegate),
  CONSTRAINT delegations_period CHECK (starts_at >= created_at AND ends_at > starts_at AND ends_at - starts_at <= interval '30 days'),
  -- An empty list would have to mean nobody: there is none.
  CONSTRAINT delegations_some_entitlements CHECK (cardinality(entitlements) BETWEEN 1 AND 20 AND array_position(entitlements, NULL) IS NULL),
  CONSTRAINT delegations_ended_after CHECK (ended_at >= created_at),
  CONSTRAINT delegations_ended_by_somebody CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
);
CREATE INDEX delegations_to ON delegations (delegate, ends_at) WHERE ended_at IS NULL;
CREATE INDEX delegations_by_principal ON delegations (principal, id);
CREATE INDEX delegations_by_delegate ON delegations (delegate, id);
CREATE INDEX personal_data_by_email ON personal_data (email) WHERE email IS NOT NULL;

CREATE TRIGGER delegations_not_deleted BEFORE DELETE OR TRUNCATE ON delegations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delegations_immutable BEFORE UPDATE ON delegations
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'principal', 'delegate', 'starts_at', 'ends_at', 'entitlements', 'because', 'created_at');
-- It leads to access, so it is not made while nothing that does is; see 0009_anchor.sql.
CREATE TRIGGER delegations_while_closed BEFORE INSERT ON delegations
  FOR EACH ROW EXECUTE FUNCTION refuse_while_closed();

-- Made by nobody but the one whose right it is, ended once and for good, and neither without its event.
CREATE FUNCTION delegations_have_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.ended_at IS NULL AND EXISTS (
      SELECT FROM audit_events e
      WHERE e.kind = 'delegation.created' AND e.actor = NEW.principal AND e.subject = NEW.delegate
        AND e.transaction_id = pg_current_xact_id() AND e.leaf::jsonb #>> '{details,delegation}' = NEW.id
    ) THEN
      RETURN NULL;
    END IF;
  ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND EXISTS (
    SELECT FROM audit_events e
    WHERE e.kind = 'delegation.ended' AND e.actor = coalesce(NEW.ended_by, 'daypass')
      AND e.transaction_id = pg_current_xact_id() AND e.leaf::jsonb #>> '{details,delegation}' = NEW.id
  ) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'delegation % changed without its audit event', NEW.id
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE CONSTRAINT TRIGGER delegations_created AFTER INSERT ON delegations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION delegations_have_event();
CREATE CONSTRAINT TRIGGER delegations_ended AFTER UPDATE ON delegations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.ended_at IS DISTINCT FROM OLD.ended_at OR NEW.ended_by IS DISTINCT FROM OLD.ended_by) EXECUTE FUNCTION delegations_have_event();

ALTER TABLE reviews
  -- By which delegation the reviewer answered for somebody else.
  ADD COLUMN delegation text CONSTRAINT reviews_delegation REFERENCES delegations (id),
  ADD CONSTRAINT reviews_on_behalf_by_delegation CHECK ((on_behalf_of IS NULL) = (delegation IS NULL));
DROP TRIGGER reviews_immutable ON reviews;
CREATE TRIGGER reviews_immutable BEFORE UPDATE ON reviews
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'request_id', 'reviewer', 'decision', 'digest', 'comment', 'via', 'created_at', 'on_call', 'on_behalf_of', 'delegation');

-- Somebody answers for another by a delegation between the two that counts at that moment. It is held, so that its end is seen
-- here or comes after.
CREATE FUNCTION reviews_by_delegation() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM delegations d
  WHERE d.id = NEW.delegation AND d.principal = NEW.on_behalf_of AND d.delegate = NEW.reviewer
    AND d.starts_at <= NEW.created_at AND NEW.created_at < d.ends_at AND d.ended_at IS NULL
    AND EXISTS (SELECT FROM people p WHERE p.id = d.principal AND p.deactivated_at IS NULL)
  FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'review % is by no delegation that counts', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reviews_by_delegation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reviews_delegated BEFORE INSERT ON reviews
  FOR EACH ROW WHEN (NEW.delegation IS NOT NULL) EXECUTE FUNCTION reviews_by_delegation();

GRANT SELECT, INSERT ON delegations TO daypass_app;
GRANT UPDATE (ended_at, ended_by) ON delegations TO daypass_app;
