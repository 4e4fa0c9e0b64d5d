-- Which account in a chat belongs to whom. Made only by the signed-in person typing a one-use code in that chat.
CREATE TABLE chat_links (
  channel text NOT NULL,
  workspace text NOT NULL,
  external_id text NOT NULL,
  person_id text NOT NULL CONSTRAINT chat_links_person REFERENCES people (id),
  linked_at timestamptz NOT NULL,
  CONSTRAINT chat_links_pkey PRIMARY KEY (channel, workspace, external_id),
  CONSTRAINT chat_links_one_a_person UNIQUE (channel, workspace, person_id)
);
CREATE TABLE chat_link_codes (
  code_hash bytea CONSTRAINT chat_link_codes_pkey PRIMARY KEY,
  person_id text NOT NULL CONSTRAINT chat_link_codes_person REFERENCES people (id),
  expires_at timestamptz NOT NULL
);

-- Signatures already seen: a callback counts once, however often it is sent.
CREATE TABLE callback_replays (
  signature_hash bytea CONSTRAINT callback_replays_pkey PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX callback_replays_expiring ON callback_replays (expires_at);
