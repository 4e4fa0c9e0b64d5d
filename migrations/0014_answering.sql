-- What is said about a request while it waits, and when those it waits for are told again.

CREATE TABLE request_comments (
  id text CONSTRAINT request_comments_pkey PRIMARY KEY,
  request_id text NOT NULL CONSTRAINT request_comments_request REFERENCES requests (id),
  author text NOT NULL CONSTRAINT request_comments_author REFERENCES people (id),
  -- A question of somebody who may answer: open until one of those the request is about comments after it.
  question boolean NOT NULL,
  -- Null once erased. The event keeps a commitment to it, and its own copy lies in audit_personal_data.
  words text,
  created_at timestamptz NOT NULL,
  CONSTRAINT request_comments_id_is_comment CHECK (id ~ '^cmt_[0-9a-hjkmnp-tv-z]{26}$')
);
CREATE INDEX request_comments_by_request ON request_comments (request_id, id);

-- Comments are added and never changed; all that the owner of the table may do is to erase the words.
CREATE TRIGGER request_comments_not_deleted BEFORE DELETE OR TRUNCATE ON request_comments
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER request_comments_immutable BEFORE UPDATE ON request_comments
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'request_id', 'author', 'question', 'created_at');
CREATE TRIGGER request_comments_erased_only BEFORE UPDATE ON request_comments
  FOR EACH ROW WHEN (NEW.words IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- A comment is about a request that waits, is no question of those it is about, and has its event.
CREATE FUNCTION request_comments_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked requests%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM requests WHERE id = NEW.request_id;
  IF asked.state <> 'pending' OR NEW.words IS NULL OR (NEW.question AND NEW.author IN (asked.requester, asked.asked_by)) THEN
    RAISE EXCEPTION 'comment % does not fit request %', NEW.id, NEW.request_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'request_comments_fit';
  END IF;
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.request = NEW.request_id AND e.kind = 'request.commented' AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'comment % has no event', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'request_comments_have_events';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER request_comments_check AFTER INSERT ON request_comments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION request_comments_check();

-- How often a request that waits was called to mind. One that nobody has looked at yet has no row.
CREATE TABLE request_reminders (
  request_id text CONSTRAINT request_reminders_pkey PRIMARY KEY CONSTRAINT request_reminders_request REFERENCES requests (id),
  reminded integer NOT NULL,
  -- Null: no more of them before it expires.
  next_reminder_at timestamptz,
  -- When it is to be looked at again, for a reminder or for an escalation.
  next_look_at timestamptz NOT NULL,
  CONSTRAINT request_reminders_count CHECK (reminded >= 0)
);
CREATE INDEX request_reminders_due ON request_reminders (next_look_at);

CREATE FUNCTION request_reminders_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.reminded <> (CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.reminded END) AND NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.request = NEW.request_id AND e.kind = 'request.reminded' AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'request % was called to mind without an event', NEW.request_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'request_reminders_have_events';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER request_reminders_check AFTER INSERT OR UPDATE ON request_reminders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION request_reminders_check();

-- Which steps were told to more people, once each.
CREATE TABLE request_escalations (
  request_id text NOT NULL CONSTRAINT request_escalations_request REFERENCES requests (id),
  entitlement text NOT NULL,
  step text NOT NULL,
  escalated_at timestamptz NOT NULL,
  CONSTRAINT request_escalations_pkey PRIMARY KEY (request_id, entitlement, step)
);
CREATE TRIGGER request_escalations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON request_escalations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION request_escalations_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.request = NEW.request_id AND e.kind = 'request.escalated' AND e.entitlement = NEW.entitlement
      AND e.transaction_id = pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'request % was escalated without an event', NEW.request_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'request_escalations_have_events';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER request_escalations_check AFTER INSERT ON request_escalations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION request_escalations_check();

-- Who ended a grant as an approver is found by what they approved.
CREATE INDEX reviews_by_reviewer ON reviews (reviewer, request_id) WHERE decision = 'approve' AND withdrawn_at IS NULL;

GRANT SELECT, INSERT ON request_comments, request_escalations TO daypass_app;
GRANT SELECT, INSERT ON request_reminders TO daypass_app;
GRANT UPDATE (reminded, next_reminder_at, next_look_at) ON request_reminders TO daypass_app;
