'use client';

import '@xyflow/react/dist/base.css';
import { Background, Controls, type Edge, MarkerType, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { useMemo, useState } from 'react';
import type { Graph } from '@/lib/api/types';
import type { Canvas, CanvasNode } from '@/lib/graph/canvas';
import { FOLDED, FRAME, folded, together, toggled } from '@/lib/graph/groups';
import { positionsOf } from '@/lib/graph/layout';
import { outletLabel } from '@/lib/nodes';
import { FoldedNode, FrameNode } from './group-nodes';
import { StepNode } from './step-node';

const nodeTypes = { step: StepNode, [FOLDED]: FoldedNode, [FRAME]: FrameNode };

function nodesOf(journeyId: string, graph: Graph): CanvasNode[] {
  const positions = positionsOf(graph);
  return graph.nodes.map((node) => ({
    id: node.id,
    type: 'step',
    position: positions.get(node.id) ?? { x: 0, y: 0 },
    data: { node, journeyId },
  }));
}

function edgesOf({ nodes, edges }: Graph): Edge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.map(({ id, source, sourceHandle, target }) => {
    const from = byId.get(source);
    return {
      id,
      source,
      target,
      type: 'smoothstep',
      label: from && outletLabel(from, sourceHandle),
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
      focusable: false,
    };
  });
}

const READABLE_ZOOM = 0.7;
const MARGIN_PX = 32;

/** Shows the whole where it can still be read; of a longer journey the beginning, in the middle. */
function showTop({ getNodes, getNodesBounds, setViewport }: ReactFlowInstance<CanvasNode>): void {
  const pane = document.querySelector('.react-flow')?.getBoundingClientRect();
  const nodes = getNodes();
  if (!pane || nodes.length === 0) return;
  const drawn = getNodesBounds(nodes);
  const fitting = Math.min((pane.width - 2 * MARGIN_PX) / drawn.width, (pane.height - 2 * MARGIN_PX) / drawn.height);
  const zoom = Math.min(1, Math.max(READABLE_ZOOM, fitting));
  void setViewport({ x: pane.width / 2 - (drawn.x + drawn.width / 2) * zoom, y: MARGIN_PX - drawn.y * zoom, zoom });
}

/** A journey as a picture: to look at, to move about in, and to click through to the people. */
export default function GraphCanvas({ journeyId, graph }: { journeyId: string; graph: Graph }) {
  // Whoever looks folds and unfolds for themselves: nothing of it is kept.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const { nodes, edges } = useMemo(() => {
    const drawn = { nodes: nodesOf(journeyId, graph), edges: edgesOf(graph), groups: graph.groups ?? [] };
    const shown = folded([...turned].reduce<Canvas>(toggled, drawn));
    const groups = graph.groups ?? [];
    const onTurn = (id: string) =>
      setTurned((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
    const withGroups = shown.nodes.map((node) => {
      const group = groups.find(({ id }) => id === node.id);
      return group ? { ...node, data: { journeyId, group, steps: together(group, graph.edges), onTurn } } : node;
    });
    return { nodes: withGroups, edges: shown.edges };
  }, [journeyId, graph, turned]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      aria-label="Picture of the journey"
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      onInit={showTop}
      minZoom={0.1}
      maxZoom={1.5}
      panOnScroll
      onlyRenderVisibleElements={nodes.length > 150}
    >
      <Background gap={16} size={1} color="var(--line-strong)" />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}
