import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const shown = vi.hoisted(() => ({ options: {} as Record<string, unknown> }));
vi.mock('@/lib/toast', () => ({
  toast: (_title: string, options: Record<string, unknown>) => {
    shown.options = options;
  },
}));

const { withUndo } = await import('./undo');
const listeners = new Map<string, () => void>();
const say = (name: string) => (shown.options[name] as () => void)();
const undo = () => (shown.options.action as { onClick(): void }).onClick();

beforeEach(() => {
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
  vi.stubGlobal('removeEventListener', (name: string) => listeners.delete(name));
});
afterEach(() => vi.unstubAllGlobals());

test('it is done once, when the toast is gone', () => {
  const run = vi.fn(async () => {});
  withUndo({ title: 'Archived', run, undo: vi.fn() });
  expect(run).not.toHaveBeenCalled();
  say('onAutoClose');
  say('onDismiss');
  expect(run).toHaveBeenCalledOnce();
});

test('what was taken back is never done', () => {
  const run = vi.fn(async () => {});
  const back = vi.fn();
  withUndo({ title: 'Archived', run, undo: back });
  undo();
  say('onDismiss');
  expect(back).toHaveBeenCalledOnce();
  expect(run).not.toHaveBeenCalled();
});

test('leaving the page does it at once', () => {
  const run = vi.fn(async () => {});
  withUndo({ title: 'Archived', run, undo: vi.fn() });
  listeners.get('pagehide')?.();
  expect(run).toHaveBeenCalledOnce();
});
