-- Every catalog that was ever in force, by the digest of its resolved form.
CREATE TABLE catalogs (
  version text CONSTRAINT catalogs_pkey PRIMARY KEY,
  source text NOT NULL,
  loaded_at timestamptz NOT NULL,
  CONSTRAINT catalogs_version_is_digest CHECK (version ~ '^sha256:[0-9a-f]{64}$')
);
