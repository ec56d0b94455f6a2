CREATE TABLE batches (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  run_id UUID NOT NULL,
  node_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  wake_at TIMESTAMP WITH TIME ZONE,
  hop INTEGER DEFAULT 0 NOT NULL,
  moves JSONB,
  active BOOLEAN DEFAULT true NOT NULL,
  parked TEXT,
  since_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_batches PRIMARY KEY (id)
)
 WITH (fillfactor = 70);

CREATE INDEX ix_batches_active ON batches (journey_id) WHERE active;

CREATE INDEX ix_batches_run_id ON batches (run_id);

CREATE TABLE consents (
  contact_id UUID NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  workspace_id UUID NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_consents PRIMARY KEY (contact_id, channel, topic),
  CONSTRAINT ck_consents_state CHECK (state IN ('subscribed', 'unsubscribed'))
);

CREATE TABLE contact_event_stats (
  contact_id UUID NOT NULL,
  name TEXT NOT NULL,
  workspace_id UUID NOT NULL,
  n BIGINT NOT NULL,
  value_sum DOUBLE PRECISION,
  first_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_contact_event_stats PRIMARY KEY (contact_id, name)
)
 WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE dispatches (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  workspace_id UUID NOT NULL,
  kind TEXT NOT NULL,
  urgency SMALLINT DEFAULT 1 NOT NULL,
  run_id UUID NOT NULL,
  payload JSONB NOT NULL,
  not_before TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  last_error TEXT,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_dispatches PRIMARY KEY (seq)
);

CREATE INDEX ix_dispatches_urgency_seq ON dispatches (urgency, seq);

CREATE TABLE effects (
  enrollment_id UUID NOT NULL,
  node_id TEXT NOT NULL,
  visit INTEGER NOT NULL,
  workspace_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  claim_id UUID,
  lease_until TIMESTAMP WITH TIME ZONE,
  attempts SMALLINT DEFAULT 1 NOT NULL,
  claimed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  done_at TIMESTAMP WITH TIME ZONE,
  outcome JSONB,
  CONSTRAINT pk_effects PRIMARY KEY (enrollment_id, node_id, visit)
)
 WITH (fillfactor = 80);

CREATE TABLE enrollments (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  batch_id UUID NOT NULL,
  visit INTEGER DEFAULT 1 NOT NULL,
  state TEXT DEFAULT 'active' NOT NULL,
  entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  since_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  end_reason TEXT,
  goal_at TIMESTAMP WITH TIME ZONE,
  key TEXT,
  entry_node_id TEXT NOT NULL,
  payload JSONB,
  CONSTRAINT pk_enrollments PRIMARY KEY (id)
)
 WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX ix_enrollments_batch_id ON enrollments (batch_id);

CREATE INDEX ix_enrollments_contact_id ON enrollments (contact_id);

CREATE INDEX ix_enrollments_journey_id_id ON enrollments (journey_id, id);

CREATE TABLE entries (
  journey_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  key TEXT NOT NULL,
  workspace_id UUID NOT NULL,
  last_entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_entries PRIMARY KEY (journey_id, contact_id, key)
);

CREATE TABLE entry_refusals (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  reason TEXT NOT NULL,
  detail JSONB,
  CONSTRAINT pk_entry_refusals PRIMARY KEY (seq)
);

CREATE INDEX ix_entry_refusals_contact_id ON entry_refusals (contact_id, at);

CREATE INDEX ix_entry_refusals_journey_id ON entry_refusals (journey_id, at);

CREATE TABLE event_queue (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  partition SMALLINT NOT NULL,
  event_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
  not_before TIMESTAMP WITH TIME ZONE,
  value DOUBLE PRECISION,
  message_id UUID,
  journey_id UUID,
  node_id TEXT,
  properties JSONB,
  CONSTRAINT pk_event_queue PRIMARY KEY (seq)
)
 WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE events (
  id UUID NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  workspace_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
  value DOUBLE PRECISION,
  message_id UUID,
  journey_id UUID,
  node_id TEXT,
  properties JSONB,
  context JSONB,
  CONSTRAINT pk_events PRIMARY KEY (id, occurred_at)
)
 PARTITION BY RANGE (occurred_at);

CREATE INDEX ix_events_contact_id_name_occurred_at ON events (contact_id, name, occurred_at);

CREATE INDEX ix_events_workspace_id_name_occurred_at ON events (workspace_id, name, occurred_at);

CREATE TABLE events_seen (
  workspace_id UUID NOT NULL,
  message_key TEXT NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_events_seen PRIMARY KEY (workspace_id, message_key)
);

CREATE INDEX ix_events_seen_received_at ON events_seen USING brin (received_at);

CREATE TABLE identities (
  workspace_id UUID NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  contact_id UUID NOT NULL,
  CONSTRAINT pk_identities PRIMARY KEY (workspace_id, kind, value)
);

CREATE INDEX ix_identities_contact_id ON identities (contact_id);

CREATE TABLE intakes (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  entry_node_id TEXT NOT NULL,
  source JSONB NOT NULL,
  cursor UUID,
  entered INTEGER DEFAULT 0 NOT NULL,
  refused INTEGER DEFAULT 0 NOT NULL,
  error TEXT,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_intakes PRIMARY KEY (id)
);

CREATE INDEX ix_intakes_open ON intakes (id) WHERE finished_at IS NULL;

CREATE TABLE messages (
  enrollment_id UUID NOT NULL,
  node_id TEXT NOT NULL,
  visit INTEGER NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  journey_id UUID,
  version_id UUID,
  contact_id UUID NOT NULL,
  template_version_id UUID,
  channel TEXT DEFAULT 'email' NOT NULL,
  category TEXT NOT NULL,
  topic TEXT,
  provider TEXT NOT NULL,
  connection_id UUID,
  to_address TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  claim_id UUID,
  lease_until TIMESTAMP WITH TIME ZONE,
  attempts SMALLINT DEFAULT 1 NOT NULL,
  queued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE,
  provider_message_id TEXT,
  opened_at TIMESTAMP WITH TIME ZONE,
  clicked_at TIMESTAMP WITH TIME ZONE,
  detail JSONB,
  CONSTRAINT pk_messages PRIMARY KEY (enrollment_id, node_id, visit),
  CONSTRAINT uq_messages_workspace_id_id UNIQUE (workspace_id, id)
)
 WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX ix_messages_contact_id ON messages (contact_id);

CREATE TABLE node_counts (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  node_id TEXT NOT NULL,
  measure TEXT NOT NULL,
  reason TEXT DEFAULT '' NOT NULL,
  n BIGINT NOT NULL,
  CONSTRAINT pk_node_counts PRIMARY KEY (seq)
);

CREATE INDEX ix_node_counts_journey_id ON node_counts (journey_id);

CREATE TABLE router_leases (
  partition SMALLINT NOT NULL,
  owner UUID,
  fence BIGINT DEFAULT 0 NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_router_leases PRIMARY KEY (partition)
);

CREATE TABLE runs (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  workflow_id TEXT NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_runs PRIMARY KEY (id)
);

CREATE INDEX ix_runs_journey_id ON runs (journey_id);

CREATE INDEX ix_runs_open ON runs (id) WHERE ended_at IS NULL;

CREATE TABLE segment_members (
  segment_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_segment_members PRIMARY KEY (segment_id, contact_id)
);

CREATE INDEX ix_segment_members_contact_id ON segment_members (contact_id, segment_id);

CREATE TABLE steps (
  enrollment_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  node_id TEXT NOT NULL,
  workspace_id UUID NOT NULL,
  visit INTEGER NOT NULL,
  outlet TEXT,
  reason TEXT,
  detail JSONB,
  CONSTRAINT pk_steps PRIMARY KEY (enrollment_id, at, node_id)
)
 PARTITION BY RANGE (at);

CREATE TABLE users (
  id UUID NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT,
  disabled_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);

CREATE TABLE waits (
  enrollment_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  journey_id UUID NOT NULL,
  version_id UUID NOT NULL,
  batch_id UUID NOT NULL,
  node_id TEXT NOT NULL,
  visit INTEGER NOT NULL,
  event TEXT NOT NULL,
  since_at TIMESTAMP WITH TIME ZONE NOT NULL,
  deadline_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_waits PRIMARY KEY (enrollment_id)
)
 WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX ix_waits_batch_id ON waits (batch_id);

CREATE INDEX ix_waits_contact_id_event ON waits (contact_id, event);

CREATE TABLE workspaces (
  id UUID NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  time_zone TEXT DEFAULT 'UTC' NOT NULL,
  settings JSONB DEFAULT '{}' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_workspaces PRIMARY KEY (id),
  CONSTRAINT uq_workspaces_slug UNIQUE (slug)
);

CREATE TABLE api_keys (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash BYTEA NOT NULL,
  role TEXT,
  created_by UUID,
  last_used_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_api_keys PRIMARY KEY (id),
  CONSTRAINT ck_api_keys_kind CHECK (kind IN ('api', 'write')),
  CONSTRAINT uq_api_keys_secret_hash UNIQUE (secret_hash),
  CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE audit_entries (
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  entity TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  diff JSONB DEFAULT '{}' NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_audit_entries PRIMARY KEY (id),
  CONSTRAINT fk_audit_entries_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_audit_entries_workspace_id_id ON audit_entries (workspace_id, id);

CREATE TABLE connections (
  connector TEXT NOT NULL,
  name TEXT NOT NULL,
  config JSONB DEFAULT '{}' NOT NULL,
  sealed BYTEA,
  default_mail BOOLEAN DEFAULT false NOT NULL,
  disabled_at TIMESTAMP WITH TIME ZONE,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_connections PRIMARY KEY (id),
  CONSTRAINT fk_connections_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_connections_default_mail ON connections (workspace_id) WHERE default_mail;

CREATE UNIQUE INDEX uq_connections_workspace_id_name ON connections (workspace_id, name);

CREATE TABLE contacts (
  email TEXT,
  external_id TEXT,
  phone TEXT,
  first_name TEXT,
  last_name TEXT,
  country TEXT,
  city TEXT,
  time_zone TEXT,
  language TEXT,
  lifecycle TEXT,
  tags TEXT[] DEFAULT '{}' NOT NULL,
  attributes JSONB DEFAULT '{}' NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  erased_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_contacts PRIMARY KEY (id),
  CONSTRAINT fk_contacts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
 WITH (fillfactor = 85);

CREATE INDEX ix_contacts_attributes ON contacts USING gin (attributes jsonb_path_ops);

CREATE INDEX ix_contacts_workspace_id_id ON contacts (workspace_id, id);

CREATE UNIQUE INDEX uq_contacts_workspace_id_email ON contacts (workspace_id, email) WHERE email IS NOT NULL;

CREATE UNIQUE INDEX uq_contacts_workspace_id_external_id ON contacts (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE idempotent_answers (
  key TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  status INTEGER,
  body BYTEA,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_idempotent_answers PRIMARY KEY (id),
  CONSTRAINT uq_idempotent_answers_workspace_id_key UNIQUE (workspace_id, key),
  CONSTRAINT fk_idempotent_answers_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE import_jobs (
  filename TEXT NOT NULL,
  format TEXT NOT NULL,
  mapping JSONB DEFAULT '{}' NOT NULL,
  options JSONB DEFAULT '{}' NOT NULL,
  state TEXT DEFAULT 'queued' NOT NULL,
  dry_run BOOLEAN DEFAULT false NOT NULL,
  path TEXT NOT NULL,
  refused_path TEXT,
  total_bytes INTEGER DEFAULT 0 NOT NULL,
  read_bytes INTEGER DEFAULT 0 NOT NULL,
  created_count INTEGER DEFAULT 0 NOT NULL,
  updated_count INTEGER DEFAULT 0 NOT NULL,
  refused_count INTEGER DEFAULT 0 NOT NULL,
  error TEXT,
  created_by TEXT,
  finished_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_import_jobs PRIMARY KEY (id),
  CONSTRAINT fk_import_jobs_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE journeys (
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  state TEXT DEFAULT 'draft' NOT NULL,
  graph JSONB DEFAULT '{}' NOT NULL,
  settings JSONB DEFAULT '{}' NOT NULL,
  draft_revision INTEGER DEFAULT 1 NOT NULL,
  live_version_id UUID,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  paused_at TIMESTAMP WITH TIME ZONE,
  archived_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_journeys PRIMARY KEY (id),
  CONSTRAINT ck_journeys_state CHECK (state IN ('draft', 'live', 'paused', 'archived')),
  CONSTRAINT fk_journeys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_journeys_workspace_id_slug ON journeys (workspace_id, slug);

CREATE TABLE memberships (
  workspace_id UUID NOT NULL,
  user_id UUID NOT NULL,
  role TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_memberships PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT ck_memberships_role CHECK (role IN ('owner', 'marketer', 'analyst', 'developer')),
  CONSTRAINT fk_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT fk_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE segments (
  name TEXT NOT NULL,
  rule JSONB NOT NULL,
  journey_id UUID,
  live BOOLEAN DEFAULT false NOT NULL,
  built_at TIMESTAMP WITH TIME ZONE,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_segments PRIMARY KEY (id),
  CONSTRAINT fk_segments_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_segments_workspace_id_name ON segments (workspace_id, name) WHERE journey_id IS NULL;

CREATE TABLE sign_in_links (
  id UUID NOT NULL,
  secret_hash BYTEA NOT NULL,
  purpose TEXT NOT NULL,
  workspace_id UUID,
  email TEXT,
  role TEXT,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_sign_in_links PRIMARY KEY (id),
  CONSTRAINT uq_sign_in_links_secret_hash UNIQUE (secret_hash),
  CONSTRAINT fk_sign_in_links_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE suppressions (
  workspace_id UUID NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  scope TEXT DEFAULT 'all' NOT NULL,
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_suppressions PRIMARY KEY (workspace_id, channel, address),
  CONSTRAINT ck_suppressions_scope CHECK (scope IN ('all', 'marketing')),
  CONSTRAINT fk_suppressions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE templates (
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  latest_version_id UUID,
  archived_at TIMESTAMP WITH TIME ZONE,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_templates PRIMARY KEY (id),
  CONSTRAINT fk_templates_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_templates_workspace_id_slug ON templates (workspace_id, slug);

CREATE TABLE topics (
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  policy TEXT DEFAULT 'opt_out' NOT NULL,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_topics PRIMARY KEY (id),
  CONSTRAINT ck_topics_policy CHECK (policy IN ('opt_in', 'opt_out')),
  CONSTRAINT fk_topics_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_topics_workspace_id_key ON topics (workspace_id, key);

CREATE TABLE user_sessions (
  user_id UUID NOT NULL,
  secret_hash BYTEA NOT NULL,
  csrf_token TEXT NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_used_at TIMESTAMP WITH TIME ZONE,
  user_agent TEXT,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_user_sessions PRIMARY KEY (id),
  CONSTRAINT fk_user_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT uq_user_sessions_secret_hash UNIQUE (secret_hash),
  CONSTRAINT fk_user_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE journey_versions (
  journey_id UUID NOT NULL,
  number INTEGER NOT NULL,
  hash TEXT NOT NULL,
  graph JSONB NOT NULL,
  settings JSONB NOT NULL,
  plan JSONB NOT NULL,
  published_by TEXT,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_journey_versions PRIMARY KEY (id),
  CONSTRAINT uq_journey_versions_journey_id_number UNIQUE (journey_id, number),
  CONSTRAINT fk_journey_versions_journey_id FOREIGN KEY(journey_id) REFERENCES journeys (id) ON DELETE CASCADE,
  CONSTRAINT fk_journey_versions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE template_versions (
  template_id UUID,
  number INTEGER DEFAULT 1 NOT NULL,
  content_hash TEXT NOT NULL,
  subject TEXT NOT NULL,
  preheader TEXT DEFAULT '' NOT NULL,
  html TEXT,
  mjml TEXT,
  text TEXT,
  created_by TEXT,
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_template_versions PRIMARY KEY (id),
  CONSTRAINT uq_template_versions_template_id_number UNIQUE (template_id, number),
  CONSTRAINT uq_template_versions_workspace_id_content_hash_template_id UNIQUE (workspace_id, content_hash, template_id),
  CONSTRAINT fk_template_versions_template_id FOREIGN KEY(template_id) REFERENCES templates (id) ON DELETE CASCADE,
  CONSTRAINT fk_template_versions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
