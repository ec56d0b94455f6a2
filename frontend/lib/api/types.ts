/** The shapes of the API, as its own description generates them; what it leaves open is said here. */

import type { JourneyRead, VersionDetail } from './schema';

export type {
  Config,
  ContactDetail,
  ContactRead as Contact,
  EnrollmentDetail as EnrollmentTrace,
  EnrollmentOf,
  EnrollmentRead as Enrollment,
  Example,
  GraphProblem as GraphFault,
  ImportRead as ImportJob,
  JourneyRow,
  JourneyStatus,
  KeyCreated,
  KeyRead as ApiKey,
  LinkInfo,
  Me,
  MemberRead as Person,
  MessageRead as Message,
  NodeCounts,
  SegmentPreview,
  SegmentRead as Segment,
  TimelineEvent,
  TopicCreate,
  TopicRead as Topic,
  TraceStep,
  Validation,
  VersionRead as JourneyVersion,
  WorkspaceRead as WorkspaceDetail,
  WorkspaceUpdate,
} from './schema';

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

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

export type Journey = Omit<JourneyRead, 'graph'> & { graph: Graph };

export type Published = Omit<VersionDetail, 'graph'> & { graph: Graph };

export type Rule = Record<string, unknown>;

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
