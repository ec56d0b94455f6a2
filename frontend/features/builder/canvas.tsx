'use client';

import '@xyflow/react/dist/base.css';
import {
  Background,
  type Connection,
  type Edge,
  type FinalConnectionState,
  MarkerType,
  MiniMap,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef } from 'react';
import type { CanvasNode } from '@/lib/graph/canvas';
import { NOTE } from '@/lib/graph/canvas';
import { refusal, type Way } from '@/lib/graph/connect';
import { FOLDED, FRAME, folded } from '@/lib/graph/groups';
import { bringIntoSight, showTop } from '@/lib/graph/sight';
import { PHONE, useMedia } from '@/lib/use-media';
import { useBuilderParts, useBuilderStore } from './context';
import { Cursors } from './cursors';
import { FoldedNode, FrameNode } from './group-nodes';
import { nodeIn } from './node-in';
import { NoteNode } from './note-node';
import { StepEdge } from './step-edge';
import { StepNode } from './step-node';
import { selectedIds } from './store';
import { useSay } from './voice';

const edgeTypes = { step: StepEdge };
const NUDGE_MS = 800;
const MANY = 150;

const EDGES = {
  type: 'step',
  markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
};

const wayOf = ({ source, sourceHandle = null, target }: Connection | Edge): Way => ({ source, sourceHandle, target });

/** Where steps are drawn and connected. What it shows besides, such as live counts, comes from the overlay around it. */
export const Canvas = memo(function Canvas({ onPoint }: { onPoint(at: { x: number; y: number } | null): void }) {
  const store = useBuilderStore();
  const say = useSay();
  const isPhone = useMedia(PHONE);
  const { changeNodes, changeEdges, kinds, ...drawn } = useBuilderParts((state) => ({
    nodes: state.nodes,
    edges: state.edges,
    groups: state.groups,
    kinds: state.kinds,
    changeNodes: state.changeNodes,
    changeEdges: state.changeEdges,
  }));
  const nodeTypes = useMemo(() => {
    const steps = Object.fromEntries([...kinds.keys()].map((kind) => [kind, StepNode]));
    return { ...steps, default: StepNode, [NOTE]: NoteNode, [FOLDED]: FoldedNode, [FRAME]: FrameNode };
  }, [kinds]);
  const { nodes, edges } = useMemo(
    () => folded({ nodes: drawn.nodes, edges: drawn.edges, groups: drawn.groups }),
    [drawn.nodes, drawn.edges, drawn.groups],
  );
  const flow = useRef<ReactFlowInstance<CanvasNode> | null>(null);
  const nudged = useRef(0);

  const beginMove = () => store.getState().setMoving(true);
  const endMove = () => store.getState().setMoving(false);
  const markNudge = (event: KeyboardEvent) => {
    const onNode = (event.target as HTMLElement).classList.contains('react-flow__node');
    if (!onNode || !event.key.startsWith('Arrow')) return;
    if (event.timeStamp - nudged.current > NUDGE_MS) store.getState().mark('Move');
    nudged.current = event.timeStamp;
  };
  /** A connection let go of on a step says why it is refused; on a free place it asks what should come there. */
  const endConnection = (
    event: globalThis.MouseEvent | TouchEvent,
    { isValid, fromHandle, toNode }: FinalConnectionState,
  ) => {
    if (isValid || !fromHandle?.id || fromHandle.type !== 'source') return;
    const way = { source: fromHandle.nodeId, sourceHandle: fromHandle.id };
    if (toNode) {
      say(refusal({ ...way, target: toNode.id }, store.getState(), kinds) ?? '');
      return;
    }
    const { clientX: x, clientY: y } =
      'changedTouches' in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
    const taken = store
      .getState()
      .edges.some((edge) => edge.source === way.source && edge.sourceHandle === way.sourceHandle);
    if (taken) say('This way already leads somewhere');
    else store.getState().ask({ spot: way, screen: { x, y } });
  };
  /** The menu is about what is selected: the step under the pointer comes first, unless it is one of several that are. */
  const openMenu = (event: MouseEvent, node: CanvasNode | CanvasNode[]) => {
    event.preventDefault();
    if (!Array.isArray(node) && !node.selected) store.getState().select([node.id]);
    store.getState().openMenu({ x: event.clientX, y: event.clientY });
  };
  const point = ({ clientX: x, clientY: y }: MouseEvent) =>
    onPoint(flow.current?.screenToFlowPosition({ x, y }) ?? null);

  return (
    <div
      className="absolute inset-0"
      onKeyDownCapture={markNudge}
      onPointerMove={point}
      onPointerLeave={() => onPoint(null)}
    >
      <ReactFlow<CanvasNode>
        aria-label="Canvas"
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultEdgeOptions={EDGES}
        onInit={(instance) => {
          flow.current = instance;
          showTop(instance);
          const [selected] = selectedIds(store.getState());
          if (selected) bringIntoSight(nodeIn(nodes, selected), instance);
        }}
        onNodeContextMenu={openMenu}
        onSelectionContextMenu={openMenu}
        onNodesChange={changeNodes}
        onEdgesChange={changeEdges}
        onConnect={(connection) => say(store.getState().connect(wayOf(connection)) ?? 'Connected')}
        onReconnect={(_, connection) => say(store.getState().redirect(wayOf(connection)) ?? 'Connected')}
        isValidConnection={(connection) => refusal(wayOf(connection), store.getState(), kinds) === null}
        onConnectEnd={endConnection}
        onNodeDragStart={beginMove}
        onNodeDragStop={endMove}
        onSelectionDragStart={beginMove}
        onSelectionDragStop={endMove}
        deleteKeyCode={null}
        connectionRadius={36}
        snapToGrid
        snapGrid={[8, 8]}
        panOnScroll={!isPhone}
        selectionOnDrag={!isPhone}
        panOnDrag={isPhone ? true : [1, 2]}
        panActivationKeyCode="Space"
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        selectionKeyCode={null}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect
        onlyRenderVisibleElements={nodes.length > MANY}
        minZoom={0.1}
        maxZoom={1.5}
      >
        <Background gap={16} size={1} color="var(--line-strong)" />
        {!isPhone && (
          <MiniMap
            pannable
            zoomable
            ariaLabel="Map of the journey"
            position="bottom-left"
            nodeColor="var(--line-strong)"
            maskColor="color-mix(in oklab, var(--sunken) 70%, transparent)"
            bgColor="var(--surface)"
            className="overflow-hidden rounded-lg border"
            style={{ width: 148, height: 104 }}
          />
        )}
        <Cursors />
      </ReactFlow>
    </div>
  );
});
