'use client';

import '@xyflow/react/dist/base.css';
import { Background, Controls, type Edge, MarkerType, ReactFlow } from '@xyflow/react';
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
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
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
