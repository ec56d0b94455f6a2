/** The shapes of the API, as its own description generates them; what it leaves open is said here. */

import type {
  ConnectorRead,
  ContactSearch,
  Example as ExampleRead,
  FormRead,
  JourneyRead,
  NodeKindRead,
  ScoringModelRead,
  VersionDetail,
} from './schema';

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
  DeadEventRead as DeadEvent,
  Enrolled,
  EnrollmentDetail as EnrollmentTrace,
  EnrollmentOf,
  EnrollmentRead as Enrollment,
  EventAssumption,
  FindingRead as Finding,
  Found,
  GivenUpIntake,
  GraphProblem as GraphFault,
  Health,
  ImportRead as ImportJob,
  InFlight,
  InvitationRead as Invitation,
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
  ScoreChangeRead as ScoreChange,
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
  WhyNot,
  WorkspaceInfo,
  WorkspaceRead as WorkspaceDetail,
  WorkspaceUpdate,
} from './schema';

/** Which contacts, in whatever order. */
export type ContactFilter = Omit<ContactSearch, 'sort'>;

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

/** Steps that are drawn together under a name, and may be folded into one. */
export interface StepGroup {
  id: string;
  name: string;
  nodes: string[];
  collapsed: boolean;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  notes?: GraphNote[];
  groups?: StepGroup[];
}

export type NodeKind = Omit<NodeKindRead, 'config_schema'> & { config_schema: JsonSchema };

export type Journey = Omit<JourneyRead, 'graph'> & { graph: Graph };

export type Published = Omit<VersionDetail, 'graph'> & { graph: Graph };

export type Connector = Omit<ConnectorRead, 'config_schema'> & { config_schema: JsonSchema };

export type Example = Omit<ExampleRead, 'graph'> & { graph: Graph };

export type Rule = Record<string, unknown>;

/** An input of a form; an empty `attribute` keeps the value with the event only. */
export interface FormField {
  name: string;
  label?: string | null;
  required?: boolean;
  attribute?: string | null;
}

export type WebForm = Omit<FormRead, 'fields'> & { fields: FormField[] };

/** Points, negative ones too, for as long as a rule holds. */
export interface PointsRule {
  label?: string | null;
  rule: Rule;
  points: number;
}

export type ScoringModel = Omit<ScoringModelRead, 'rules'> & { rules: PointsRule[] };

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
