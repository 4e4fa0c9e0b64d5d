-- What people are told, to be sent by whoever finds it: written in the transaction of the change that it tells of.

CREATE TABLE notices (
  id text CONSTRAINT notices_pkey PRIMARY KEY,
  kind text NOT NULL,
  request text CONSTRAINT notices_request REFERENCES requests (id),
  "grant" text CONSTRAINT notices_grant REFERENCES grants (id),
  -- Whom it is for. Names and addresses are looked up when it is sent, so that they can be erased until then.
  people text[] NOT NULL,
  -- Ids and facts; no names, no addresses, nobody's own words.
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  -- Nobody sends it before. Whoever sends it puts this off first, and whoever comes later leaves it alone until then.
  next_try_at timestamptz NOT NULL,
  delivered_at timestamptz,
  -- What stood in the way the last time.
  failure text,
  CONSTRAINT notices_id_is_notice CHECK (id ~ '^ntc_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT notices_kind_known CHECK (kind IN (
    'request.submitted', 'request.reminder', 'request.escalated', 'request.decided', 'request.narrowed', 'request.question',
    'request.answer', 'grant.ended', 'break-glass.used', 'follow-up.overdue', 'eligibility.due', 'catalog.proposed')),
  CONSTRAINT notices_body_is_object CHECK (jsonb_typeof(body) = 'object'),
  CONSTRAINT notices_attempts_count CHECK (attempts >= 0),
  CONSTRAINT notices_delivered_is_well CHECK (delivered_at IS NULL OR failure IS NULL)
);
CREATE INDEX notices_due ON notices (next_try_at, id) WHERE delivered_at IS NULL;
CREATE INDEX notices_undelivered ON notices (created_at) WHERE delivered_at IS NULL;
CREATE INDEX notices_delivered ON notices (delivered_at) WHERE delivered_at IS NOT NULL;

CREATE TRIGGER notices_immutable BEFORE UPDATE ON notices
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'kind', 'request', 'grant', 'people', 'body', 'created_at');

-- What was delivered stays delivered, and what was not is not thrown away.
CREATE FUNCTION notices_go_one_way() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.delivered_at IS NULL THEN
    RAISE EXCEPTION 'notice % was not delivered yet', OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.delivered_at IS NOT NULL THEN
    RAISE EXCEPTION 'notice % was delivered already', OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER notices_go_one_way BEFORE UPDATE OR DELETE ON notices
  FOR EACH ROW EXECUTE FUNCTION notices_go_one_way();

GRANT SELECT, INSERT, UPDATE, DELETE ON notices TO daypass_app;
