const waiting = new Set<() => void>();

/** Does something once the page has shown what came before it: a button answers at once, then the work is done. */
export const afterPaint = (act: () => void): void => {
  const once = () => {
    if (waiting.delete(once)) act();
  };
  waiting.add(once);
  // A page that nobody sees is not painted.
  if (document.visibilityState === 'hidden') setTimeout(once);
  // The second frame begins when the first is on its way to the screen.
  else requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(once)));
};

/** Does at once, in its order, all that still waits for the page. */
export function settle(): void {
  for (const once of waiting) once();
}
