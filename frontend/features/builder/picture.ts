import { getNodesBounds, getViewportForBounds } from '@xyflow/react';
import type { CanvasNode } from '@/lib/graph/canvas';

const MARGIN_PX = 48;
const SHARPNESS = 2;
const LARGEST_PX = 6_000;

/** The colour behind the drawing as it is now, light or dark: a picture knows nothing of our tokens. */
function groundOf(element: HTMLElement): string {
  const probe = element.appendChild(document.createElement('span'));
  probe.style.backgroundColor = 'var(--sunken)';
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}

/** Saves the whole drawing, not just what is in sight, as a PNG. */
export async function savePicture(nodes: CanvasNode[], name: string): Promise<void> {
  const viewport = document.querySelector<HTMLElement>('.react-flow__viewport');
  if (!viewport || nodes.length === 0) return;
  const { toBlob } = await import('html-to-image');
  const drawn = getNodesBounds(nodes);
  const width = Math.min(LARGEST_PX, drawn.width + 2 * MARGIN_PX);
  const height = Math.min(LARGEST_PX, drawn.height + 2 * MARGIN_PX);
  const { x, y, zoom } = getViewportForBounds(drawn, width, height, 0.1, 1, `${MARGIN_PX}px`);
  const blob = await toBlob(viewport, {
    width,
    height,
    pixelRatio: SHARPNESS,
    backgroundColor: groundOf(viewport),
    style: { width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px) scale(${zoom})` },
    filter: (element) => !(element instanceof HTMLButtonElement),
  });
  if (!blob) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}
