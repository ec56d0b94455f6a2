'use client';

import '@xyflow/react/dist/base.css';
import { Background, Controls, type Edge, MarkerType, ReactFlow } from '@xyflow/react';
import { useMemo, useState } from 'react';
import type { Graph } from '@/lib/api/types';
import type { Canvas, CanvasNode } from '@/lib/graph/canvas';
import { FOLDED, FRAME, folded, together, toggled } from '@/lib/graph/groups';
import { positionsOf } from '@/lib/graph/layout';
import { showTop } from '@/lib/graph/sight';
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
