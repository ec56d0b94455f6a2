/** Which part of a drawing is seen. */

import type { ReactFlowInstance } from '@xyflow/react';
import type { CanvasNode } from './canvas';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';

const READABLE_ZOOM = 0.7;
const MARGIN_PX = 40;

/** Below a step there is a button that adds the next one. */
const ROOM_PX = 60;

export const paneInSight = (): DOMRect | undefined => document.querySelector('.react-flow')?.getBoundingClientRect();

/** Shows the whole where it can still be read; of a longer journey the beginning, in the middle. */
export function showTop({ getNodes, getNodesBounds, setViewport }: ReactFlowInstance<CanvasNode>): void {
  const pane = paneInSight();
  const nodes = getNodes();
  if (!pane || nodes.length === 0) return;
  const drawn = getNodesBounds(nodes);
  const fitting = Math.min((pane.width - 2 * MARGIN_PX) / drawn.width, (pane.height - 2 * MARGIN_PX) / drawn.height);
  const zoom = Math.min(1, Math.max(READABLE_ZOOM, fitting));
  void setViewport({ x: pane.width / 2 - (drawn.x + drawn.width / 2) * zoom, y: MARGIN_PX - drawn.y * zoom, zoom });
}

/** Moves the canvas as little as it takes to show a step whole. */
export function bringIntoSight(node: CanvasNode | undefined, flow: ReactFlowInstance<CanvasNode>): void {
  const pane = paneInSight();
  if (!node || !pane) return;
  const corner = flow.flowToScreenPosition(node.position);
  const isSeen =
    corner.x > pane.left &&
    corner.x + NODE_WIDTH < pane.right &&
    corner.y > pane.top &&
    corner.y + NODE_HEIGHT + ROOM_PX < pane.bottom;
  if (isSeen) return;
  const middle = { x: node.position.x + NODE_WIDTH / 2, y: node.position.y + NODE_HEIGHT / 2 };
  void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom(), duration: 200 });
}

/** The element of a step, to put the focus on or to point at. */
export const drawnStep = (id: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
