-- People, their sign-ins and their second factors.

-- Keyed on issuer and subject, never on an email address: addresses are recycled (OpenID Connect Core 5.7).
CREATE TABLE people (
  id text CONSTRAINT people_pkey PRIMARY KEY,
  issuer text NOT NULL,
  subject text NOT NULL,
  -- As the identity provider last said. Approvers' rights are judged on these, not on a copy taken at submission.
  groups text[] NOT NULL DEFAULT '{}',
  deactivated_at timestamptz,
  created_at timestamptz NOT NULL,
  last_signed_in_at timestamptz NOT NULL,
  CONSTRAINT people_id_is_person CHECK (id ~ '^prs_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT people_one_per_subject UNIQUE (issuer, subject)
);
CREATE TRIGGER people_immutable BEFORE UPDATE ON people
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'issuer', 'subject', 'created_at');

CREATE INDEX people_by_group ON people USING gin (groups) WHERE deactivated_at IS NULL;

-- Names and addresses, apart from the rest so that they can be erased.
CREATE TABLE personal_data (
  person_id text CONSTRAINT personal_data_pkey PRIMARY KEY CONSTRAINT personal_data_person REFERENCES people (id),
  name text,
  email text
);

-- A sign-in on its way to the identity provider and back. One use: the row is deleted when the browser returns.
CREATE TABLE sign_in_attempts (
  state_hash bytea CONSTRAINT sign_in_attempts_pkey PRIMARY KEY,
  -- Hash of a cookie: the answer only counts in the browser that asked the question.
  browser_hash bytea NOT NULL,
  nonce text NOT NULL,
  -- PKCE verifier towards the identity provider, encrypted.
  code_verifier bytea NOT NULL,
  -- What the sign-in is for: a browser session with a page to return to, or a command-line client with its own PKCE.
  purpose jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_by_expiry ON sign_in_attempts (expires_at);

-- A person proven to be there: who, how strongly, until when. The token is kept as a hash only.
CREATE TABLE sign_ins (
  id text CONSTRAINT sign_ins_pkey PRIMARY KEY,
  person_id text NOT NULL CONSTRAINT sign_ins_person REFERENCES people (id),
  client text NOT NULL,
  token_hash bytea CONSTRAINT sign_ins_token_unique UNIQUE,
  assurance_level text NOT NULL,
  authenticated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT sign_ins_id_is_sign_in CHECK (id ~ '^sgn_[0-9a-hjkmnp-tv-z]{26}$'),
  CONSTRAINT sign_ins_client_known CHECK (client IN ('browser', 'cli')),
  CONSTRAINT sign_ins_level_known CHECK (assurance_level IN ('single-factor', 'multi-factor', 'phishing-resistant'))
);
CREATE INDEX sign_ins_by_person ON sign_ins (person_id);
CREATE TRIGGER sign_ins_immutable BEFORE UPDATE ON sign_ins
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite('id', 'person_id', 'client', 'created_at');

-- Authorization codes for the command-line client (RFC 6749, RFC 7636, RFC 8252).
CREATE TABLE authorization_codes (
  code_hash bytea CONSTRAINT authorization_codes_pkey PRIMARY KEY,
  sign_in_id text NOT NULL CONSTRAINT authorization_codes_sign_in REFERENCES sign_ins (id),
  redirect_uri text NOT NULL,
  code_challenge text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);

-- Daypass's own one-time codes, for identity providers that have no second factor.
CREATE TABLE totp_factors (
  person_id text CONSTRAINT totp_factors_pkey PRIMARY KEY CONSTRAINT totp_factors_person REFERENCES people (id),
  seed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  -- Each time step counts once (OWASP ASVS 6.5.1).
  last_used_step bigint,
  failures integer NOT NULL DEFAULT 0,
  locked_until timestamptz
);
