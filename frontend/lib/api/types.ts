/** The shapes of the API, as its own description generates them; what it leaves open is said here. */

import type { ConnectorRead, Example as ExampleRead, JourneyRead, NodeKindRead, VersionDetail } from './schema';

export type {
  Approvals,
  AuditRead as AuditEntry,
  BulkRead as BulkJob,
  Cap,
  Config,
  ConnectionRead as Connection,
  ContactDetail,
  ContactRead as Contact,
  ContactSearch,
  Enrolled,
  EnrollmentDetail as EnrollmentTrace,
  EnrollmentOf,
  EnrollmentRead as Enrollment,
  EventAssumption,
  FindingRead as Finding,
  Found,
  GraphProblem as GraphFault,
  Health,
  ImportRead as ImportJob,
  InFlight,
  JourneyEntries,
  JourneyRow,
  JourneyStatus,
  KeyCreated,
  KeyRead as ApiKey,
  LinkInfo,
  Me,
  MemberRead as Person,
  MessageRead as Message,
  MoveRead as Move,
  NodeCounts,
  OutboxItem as OutboxMail,
  OutboxMail as OutboxMailDetail,
  OverlapRead,
  ParkedStage,
  PeopleAt,
  PreviewRead as TemplatePreview,
  Publish,
  SegmentPreview,
  SegmentRead as Segment,
  Simulated,
  SimulatedContact,
  SimulatedMail,
  SimulationDetail,
  SimulationRequest,
  SimulationResult,
  SimulationRow,
  SuppressionRead as Suppression,
  TemplateRead as Template,
  TemplateVersionRead as TemplateVersion,
  TimelineEvent,
  TopicCreate,
  TopicRead as Topic,
  TraceStep,
  Validation,
  Verdict,
  VersionRead as JourneyVersion,
  ViewRead as ContactView,
  WorkspaceInfo,
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

/** A remark on the canvas, for people only. */
export interface GraphNote {
  id: string;
  text: string;
  position: { x: number; y: number };
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  notes?: GraphNote[];
}

export type NodeKind = Omit<NodeKindRead, 'config_schema'> & { config_schema: JsonSchema };

export type Journey = Omit<JourneyRead, 'graph'> & { graph: Graph };

export type Published = Omit<VersionDetail, 'graph'> & { graph: Graph };

export type Connector = Omit<ConnectorRead, 'config_schema'> & { config_schema: JsonSchema };

export type Example = Omit<ExampleRead, 'graph'> & { graph: Graph };

export type Rule = Record<string, unknown>;

/** As much of JSON Schema as the settings of connectors and nodes use. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  patternProperties?: Record<string, JsonSchema>;
  oneOf?: JsonSchema[];
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
  pattern?: string;
  'x-widget'?: string;
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
