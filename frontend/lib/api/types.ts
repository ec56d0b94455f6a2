/** The shapes of the API that the app reads. Names and meanings are the API's own. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Config {
  auth: 'local' | 'clerk';
  publishable_key: string | null;
  temporal_ui_url: string | null;
  version: string;
  needs_setup: boolean;
}

export interface Me {
  user: { id: string; email: string; name: string };
  workspace: Workspace;
  role: string;
  csrf_token: string;
}

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  time_zone: string;
}

export interface WorkspaceDetail extends Workspace {
  settings: {
    from_name?: string | null;
    from_address?: string | null;
    reply_to?: string | null;
    postal_address?: string | null;
    tracking_url?: string | null;
  };
}

// Journeys

export interface GraphNode {
  id: string;
  type: string;
  position?: { x: number; y: number };
  data: NodeConfig;
}

export type NodeConfig = { label?: string } & Record<string, unknown>;

export interface GraphEdge {
  id: string;
  source: string;
  sourceHandle?: string | null;
  target: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export type JourneyState = 'draft' | 'live' | 'paused' | 'archived';

export interface JourneyCounts {
  entered: number;
  active: number;
  completed: number;
  exited: number;
  failed: number;
}

export interface Journey {
  id: string;
  name: string;
  slug: string;
  state: JourneyState;
  version: number | null;
  updated_at: string;
  counts?: JourneyCounts | null;
  graph: Graph;
  settings: Record<string, unknown>;
  has_unpublished_changes?: boolean;
}

export type JourneyRow = Omit<Journey, 'graph' | 'settings'>;

export interface NodeCounts {
  entered: number;
  waiting: number;
  passed: number;
  skipped: Record<string, number>;
  failed: number;
  converted: number;
}

export interface JourneyStatus {
  state: JourneyState;
  version: number | null;
  counts: JourneyCounts;
  nodes: Record<string, NodeCounts>;
  temporal_ui_url: string | null;
}

export interface GraphFault {
  node_id: string | null;
  field: string | null;
  message: string;
}

export interface Validation {
  valid: boolean;
  errors: GraphFault[];
  warnings: GraphFault[];
}

export interface JourneyVersion {
  version: number;
  hash: string;
  published_at: string;
  published_by?: string | null;
  graph?: Graph;
}

export interface NodeKind {
  kind: string;
  title: string;
  group: string;
  icon: string;
  description: string;
  config_schema: Record<string, unknown>;
  outlets: string[];
}

export interface Enrollment {
  id: string;
  journey_id: string;
  journey_name?: string | null;
  contact_id: string;
  contact_email?: string | null;
  version: number;
  state: string;
  node_id: string | null;
  entered_at: string;
  ended_at: string | null;
  end_reason: string | null;
}

export interface TraceStep {
  at: string;
  node_id: string | null;
  kind: string;
  outlet: string | null;
  reason: string | null;
  inputs: Record<string, unknown> | null;
  detail: Record<string, unknown> | null;
}

export interface EnrollmentTrace extends Enrollment {
  trace: TraceStep[];
}

export interface Example {
  slug: string;
  name: string;
  description: string;
  /** The journey's file, as YAML. */
  content: string;
}

// Contacts

export interface Contact {
  id: string;
  email: string | null;
  external_id: string | null;
  phone: string | null;
  first_name: string | null;
  last_name: string | null;
  country: string | null;
  city: string | null;
  time_zone: string | null;
  language: string | null;
  lifecycle: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

export interface ContactDetail extends Contact {
  segments?: { id: string; name: string }[];
  enrollments?: Enrollment[];
  messages?: Message[];
  consents?: { topic: string; channel?: string; state: string; at?: string | null }[];
  suppression?: { reason: string; at: string } | null;
}

export interface TimelineEvent {
  id: string;
  name: string;
  occurred_at: string;
  properties: Record<string, unknown>;
  journey_id?: string | null;
  message_id?: string | null;
}

export interface ImportJob {
  id: string;
  filename: string;
  state: 'queued' | 'running' | 'completed' | 'failed';
  dry_run: boolean;
  total_bytes: number;
  read_bytes: number;
  created_count: number;
  updated_count: number;
  refused_count: number;
  error: string | null;
}

// Segments

export type Rule = Record<string, unknown>;

export interface Segment {
  id: string;
  name: string;
  rule: Rule;
  count: number | null;
  updated_at: string;
}

export interface SegmentPreview {
  count: number;
  sample: Contact[];
}

// Messages

export interface Template {
  id: string;
  name: string;
  subject: string;
  preheader: string;
  html: string | null;
  mjml: string | null;
  text: string | null;
  category: 'marketing' | 'transactional';
  updated_at: string;
}

export interface Finding {
  level: 'error' | 'warning';
  code: string;
  message: string;
  line?: number | null;
}

export interface TemplatePreview {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  findings: Finding[];
}

export interface Message {
  id: string;
  enrollment_id: string | null;
  journey_id?: string | null;
  node_id: string | null;
  visit: number | null;
  contact_id: string;
  to: string | null;
  subject?: string | null;
  template_id: string | null;
  provider: string | null;
  state: string;
  reason: string | null;
  queued_at: string;
  sent_at: string | null;
  events?: { name: string; at: string; detail?: Record<string, unknown> }[];
}

export interface OutboxMail {
  id: string;
  to: string;
  from?: string | null;
  subject: string;
  sent_at: string;
}

export interface OutboxMailDetail extends OutboxMail {
  html: string | null;
  text: string | null;
  raw: string;
  headers: Record<string, string> | [string, string][];
}

export interface Topic {
  id: string;
  key: string;
  name: string;
  policy: 'opt_in' | 'opt_out';
}

// Settings

export interface ApiKey {
  id: string;
  name: string;
  kind: 'api' | 'write';
  role: string | null;
  prefix: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at?: string | null;
}

export interface Person {
  id: string;
  email: string;
  name: string;
  role: string;
}

export interface Connection {
  id: string;
  kind: string;
  name: string;
  is_default: boolean;
  config: Record<string, unknown>;
}

export interface Connector {
  kind: string;
  title: string;
  description: string;
  config_schema: JsonSchema;
}

/** As much of JSON Schema as a connector's settings use. */
export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  format?: string;
  writeOnly?: boolean;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}
