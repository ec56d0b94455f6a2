'use client';

import '@xyflow/react/dist/base.css';
import { Background, Controls, type Edge, MarkerType, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { useMemo } from 'react';
import type { Graph } from '@/lib/api/types';
import { positionsOf } from '@/lib/graph/layout';
import { outletLabel } from '@/lib/nodes';
import { type NodeOnCanvas, StepNode } from './step-node';

const nodeTypes = { step: StepNode };

function nodesOf(journeyId: string, graph: Graph): NodeOnCanvas[] {
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
function showTop({ getNodes, getNodesBounds, setViewport }: ReactFlowInstance<NodeOnCanvas>): void {
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
  const nodes = useMemo(() => nodesOf(journeyId, graph), [journeyId, graph]);
  const edges = useMemo(() => edgesOf(graph), [graph]);
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
