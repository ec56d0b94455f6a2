/** The draft as the canvas holds it: React Flow's nodes and edges, sticky notes among the nodes. */

import type { Edge, Node } from '@xyflow/react';
import type { Graph, NodeConfig, StepGroup } from '@/lib/api/types';
import { positionsOf } from './layout';

export type CanvasNode = Node<NodeConfig> & { type: string };
export type CanvasEdge = Edge;

export type Groups = readonly StepGroup[];

export interface Canvas {
  nodes: CanvasNode[];
  edges: CanvasEdge[];
  /** Of a change, nothing means that they stay as they are. */
  groups?: Groups;
}

/** The type of a sticky note; everything else on the canvas is a step. */
export const NOTE = 'sticky_note';

export const isStep = ({ type }: { type: string }): boolean => type !== NOTE;

export const edgeId = (source: string, outlet: string | null | undefined, target: string): string =>
  `${source}:${outlet ?? ''}:${target}`;

/** A drawn graph on the canvas; where it has no places of its own, it is laid out. */
export function canvasOf(graph: Graph, usualOutlet: (type: string) => string | undefined): Canvas {
  const positions = positionsOf(graph);
  const types = new Map(graph.nodes.map(({ id, type }) => [id, type]));
  const steps = graph.nodes.map(({ id, type, data }) => ({
    id,
    type,
    data,
    position: positions.get(id) ?? { x: 0, y: 0 },
  }));
  const notes = (graph.notes ?? []).map(({ id, text, position }) => ({ id, type: NOTE, data: { text }, position }));
  const edges = graph.edges.map(({ id, source, sourceHandle, target }) => {
    const outlet = sourceHandle ?? usualOutlet(types.get(source) ?? '') ?? 'next';
    return { id: id || edgeId(source, outlet, target), source, sourceHandle: outlet, target };
  });
  return { nodes: [...notes, ...steps], edges, groups: graph.groups ?? [] };
}

/** Groups without the steps that are gone. One that has none left is gone too; a step is in one group at most. */
export function livingGroups(groups: Groups, { nodes }: Pick<Canvas, 'nodes'>): StepGroup[] {
  const free = new Set(nodes.map(({ id }) => id));
  return groups.flatMap((group) => {
    const members = group.nodes.filter((id) => free.delete(id));
    return members.length ? [{ ...group, nodes: members }] : [];
  });
}

/** What is saved of the canvas: nothing of who has selected or measured what. */
export function graphOf({ nodes, edges, groups = [] }: Canvas): Graph {
  return {
    nodes: nodes.filter(isStep).map(({ id, type, position, data }) => ({ id, type, position, data })),
    edges: edges.map(({ id, source, sourceHandle, target }) => ({ id, source, sourceHandle, target })),
    notes: nodes
      .filter((node) => !isStep(node))
      .map(({ id, position, data }) => ({ id, position, text: String(data.text ?? '') })),
    groups: livingGroups(groups, { nodes }),
  };
}
