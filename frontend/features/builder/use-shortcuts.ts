'use client';

import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { afterPaint } from '@/lib/after-paint';
import { spotAfter } from '@/lib/graph/connect';
import type { Point } from '@/lib/graph/edit';
import { drawnStep, paneInSight } from '@/lib/graph/sight';
import { useBuilderStore } from './context';
import { selectedIds } from './store';
import { useSay } from './voice';

const FIT = { padding: 0.15, maxZoom: 1, duration: 200 };

/** Typing goes to the field, keys elsewhere in a dialog to the dialog. */
const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  !!target.closest('input, textarea, select, [contenteditable=true], [role=dialog], [cmdk-root]');

interface Hooks {
  onSearch(): void;
  onSave(): void;
  onHelp(): void;
  /** Besides selecting nothing, Escape closes the other panel. */
  onEscape(): void;
  /** Where the pointer is on the canvas: pasted steps come there. */
  pointer: { current: Point | null };
}

/** The keys of the builder, and the clipboard: copied steps are text, so they can go to any journey. */
export function useShortcuts({ onSearch, onSave, onHelp, onEscape, pointer }: Hooks): void {
  const store = useBuilderStore();
  const flow = useReactFlow();
  const say = useSay();
  const hooks = useRef({ onSearch, onSave, onHelp, onEscape });
  useEffect(() => {
    hooks.current = { onSearch, onSave, onHelp, onEscape };
  });

  useEffect(() => {
    const copy = (event: ClipboardEvent): boolean => {
      const text = isElsewhere(event.target) || !getSelection()?.isCollapsed ? null : store.getState().copy();
      if (!text) return false;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      return true;
    };
    const onCopy = (event: ClipboardEvent) => copy(event) && say(`Copied ${selectedIds(store.getState()).length}`);
    const onCut = (event: ClipboardEvent) => copy(event) && say(`Cut ${store.getState().removeSelected()}`);
    const paste = (text: string) => {
      const pane = paneInSight();
      const middle = { x: (pane?.left ?? 0) + 200, y: (pane?.top ?? 0) + 120 };
      say(store.getState().paste(text, pointer.current ?? flow.screenToFlowPosition(middle)) ?? 'Pasted');
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isElsewhere(event.target)) return;
      event.preventDefault();
      paste(event.clipboardData?.getData('text/plain') ?? '');
    };

    const undo = () => afterPaint(() => say(told('Undid', store.getState().undo())));
    const redo = () => afterPaint(() => say(told('Redid', store.getState().redo())));
    const withModifier = (key: string, shift: boolean): (() => void) | undefined =>
      ({
        z: () => (shift ? redo() : undo()),
        y: () => redo(),
        d: () => store.getState().duplicateSelected(),
        g: () => store.getState().group(),
        a: () => store.getState().select(store.getState().nodes.map(({ id }) => id)),
        f: () => hooks.current.onSearch(),
        s: () => hooks.current.onSave(),
      })[key];
    const plain = (key: string): (() => void) | undefined =>
      ({
        delete: () => remove(),
        backspace: () => remove(),
        escape: () => {
          store.getState().select([]);
          hooks.current.onEscape();
        },
        f2: () => rename(onlySelected()),
        b: () => selectBranch(),
        '1': () => void flow.fitView(FIT),
        '0': () => void flow.zoomTo(1, { duration: 200 }),
        '+': () => void flow.zoomIn({ duration: 150 }),
        '=': () => void flow.zoomIn({ duration: 150 }),
        '-': () => void flow.zoomOut({ duration: 150 }),
      })[key];
    const remove = () => {
      const gone = store.getState().removeSelected();
      if (gone) say(`Deleted ${gone}`);
    };
    const onlySelected = (): string | null => {
      const [only, ...others] = selectedIds(store.getState());
      return only && others.length === 0 ? only : null;
    };
    const selectBranch = () => onlySelected() && say(`Selected ${store.getState().selectBranch()}`);
    /** On the selected step, Tab asks what comes after it; where nothing can, it goes on to the next step. */
    const askAfter = ({ target, shiftKey }: KeyboardEvent): (() => void) | undefined => {
      const id = onlySelected();
      const drawn = id && drawnStep(id);
      const spot = id && spotAfter(id, store.getState(), store.getState().kinds);
      if (shiftKey || !drawn || !spot || (target !== drawn && target !== document.body)) return undefined;
      const { left, width, bottom } = drawn.getBoundingClientRect();
      return () => store.getState().ask({ spot, screen: { x: left + width / 2, y: bottom } });
    };
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const hasModifier = event.metaKey || event.ctrlKey;
      const isOurs = hasModifier && (key === 's' || key === 'f');
      if (event.defaultPrevented || event.altKey || (isElsewhere(event.target) && !isOurs)) return;
      const act = hasModifier ? withModifier(key, event.shiftKey) : key === 'tab' ? askAfter(event) : plain(key);
      if (!act) return;
      event.preventDefault();
      act();
    };
    /** Asked on the canvas, the builder answers before the app's sheet of shortcuts hears of it. */
    const onHelpKey = (event: KeyboardEvent) => {
      if (event.key !== '?' || isElsewhere(event.target)) return;
      event.preventDefault();
      hooks.current.onHelp();
    };
    addEventListener('copy', onCopy);
    addEventListener('cut', onCut);
    addEventListener('paste', onPaste);
    addEventListener('keydown', onKey);
    addEventListener('keydown', onHelpKey, { capture: true });
    return () => {
      removeEventListener('copy', onCopy);
      removeEventListener('cut', onCut);
      removeEventListener('paste', onPaste);
      removeEventListener('keydown', onKey);
      removeEventListener('keydown', onHelpKey, { capture: true });
    };
  }, [store, flow, say, pointer]);
}

/** Goes to the name of what is selected, a step or a group; the panel comes a moment after the selection. */
export function rename(step: string | null, framesLeft = 30): void {
  const one = step ? `[data-name-of="${CSS.escape(step)}"]` : '[data-name-of]';
  const field = document.querySelector<HTMLInputElement>(one);
  if (!field && framesLeft > 0) requestAnimationFrame(() => rename(step, framesLeft - 1));
  field?.focus();
  field?.select();
}

const told = (verb: string, label: string | null): string =>
  label ? `${verb}: ${label}` : `Nothing to ${verb === 'Undid' ? 'undo' : 'redo'}`;
