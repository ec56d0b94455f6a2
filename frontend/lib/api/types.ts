/** The shapes of the API, as its own description generates them; what it leaves open is said here. */

import type { ConnectorRead, JourneyRead, VersionDetail } from './schema';

export type {
  Config,
  ConnectionRead as Connection,
  ContactDetail,
  ContactRead as Contact,
  EnrollmentDetail as EnrollmentTrace,
  EnrollmentOf,
  EnrollmentRead as Enrollment,
  Example,
  FindingRead as Finding,
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
  OutboxItem as OutboxMail,
  OutboxMail as OutboxMailDetail,
  PreviewRead as TemplatePreview,
  SegmentPreview,
  SegmentRead as Segment,
  TemplateRead as Template,
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

export type Connector = Omit<ConnectorRead, 'config_schema'> & { config_schema: JsonSchema };

export type Rule = Record<string, unknown>;

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
