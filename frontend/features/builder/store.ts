import type { EdgeChange, NodeChange } from '@xyflow/react';
import { applyEdgeChanges, applyNodeChanges } from '@xyflow/react';
import { createStore } from 'zustand';
import type { GraphFault, Journey, NodeConfig } from '@/lib/api/types';
import { type Canvas, type CanvasEdge, type CanvasNode, canvasOf, graphOf, isStep } from '@/lib/graph/canvas';
import { copyText, pasted } from '@/lib/graph/clipboard';
import { type Kinds, refusal, type Way } from '@/lib/graph/connect';
import {
  addNote,
  addStep,
  configured,
  connected,
  insertStep,
  type Point,
  redirected,
  selected,
  without,
} from '@/lib/graph/edit';
import { type History, marked, NO_HISTORY, redone, type Travelled, undone } from '@/lib/graph/history';
import { layOut } from '@/lib/graph/layout';
import { descriptorOf } from '@/lib/nodes';

/** What undo brings back: the picture and the settings around it. */
export interface Draft extends Canvas {
  settings: Record<string, unknown>;
}

/** Where a step is asked for from: an edge, a way out that leads nowhere, or a free place. */
export type Spot = { edge: string } | { source: string; sourceHandle: string } | { at: Point };

/** The list of steps, open at a place of the screen. */
export interface Asking {
  spot: Spot;
  screen: Point;
}

interface Actions {
  /** Puts a change into effect as one step of undo; changes with the same `burst` soon after each other are one. */
  apply(label: string, change: (draft: Draft) => Draft, burst?: string): void;
  /** Remembers the state before a gesture that React Flow reports bit by bit. */
  mark(label: string): void;
  undo(): string | null;
  redo(): string | null;
  changeNodes(changes: NodeChange<CanvasNode>[]): void;
  changeEdges(changes: EdgeChange<CanvasEdge>[]): void;
  /** Connects, or says why not. */
  connect(way: Way): string | null;
  /** Leads a way out elsewhere, or says why not. */
  redirect(way: Way): string | null;
  /** Adds a step and returns its id; null where it cannot stand. */
  add(type: string, spot: Spot, place: Point): string | null;
  addNote(at: Point): void;
  configure(id: string, data: NodeConfig): void;
  configureJourney(settings: Record<string, unknown>): void;
  removeSelected(): number;
  copy(): string | null;
  /** Pastes steps from text, or says why not. */
  paste(text: string, at: Point): string | null;
  tidy(): void;
  select(ids: string[]): void;
  ask(asking: Asking | null): void;
  setFaults(faults: Record<string, GraphFault[]>): void;
  setDragged(type: string | null): void;
}

export interface BuilderState extends Draft, Actions {
  kinds: Kinds;
  history: History<Draft>;
  /** What is wrong, by node; faults of the journey as a whole are under the empty id. */
  faults: Record<string, GraphFault[]>;
  asking: Asking | null;
  /** The kind of step that is being dragged in from the list. */
  dragged: string | null;
}

const BURST_MS = 1_200;

const draftOf = ({ nodes, edges, settings }: Draft): Draft => ({ nodes, edges, settings });

export const selectedIds = ({ nodes }: Canvas): string[] => nodes.flatMap(({ id, selected: is }) => (is ? [id] : []));

/** The draft of a journey as it is being edited: one store for one open builder. */
export function createBuilder({ graph, settings }: Pick<Journey, 'graph' | 'settings'>, kinds: Kinds) {
  return createStore<BuilderState>()((set, get) => {
    let burst = { name: '', at: 0 };

    const travel = (way: typeof undone<Draft>): string | null => {
      const there: Travelled<Draft> | null = way(get().history, draftOf(get()));
      burst = { name: '', at: 0 };
      if (there) set({ ...there.state, history: there.history });
      return there?.label ?? null;
    };
    const put = (label: string, canvas: Canvas) => get().apply(label, (draft) => ({ ...draft, ...canvas }));

    return {
      ...canvasOf(graph, (type) => kinds.get(type)?.outlets[0]),
      settings,
      kinds,
      history: NO_HISTORY,
      faults: {},
      asking: null,
      dragged: null,

      apply(label, change, name = '') {
        const before = draftOf(get());
        const after = change(before);
        if (after === before) return;
        const now = Date.now();
        const goesOn = name !== '' && name === burst.name && now - burst.at < BURST_MS;
        burst = { name, at: now };
        set({ ...after, history: goesOn ? get().history : marked(get().history, before, label) });
      },
      mark(label) {
        burst = { name: '', at: 0 };
        set({ history: marked(get().history, draftOf(get()), label) });
      },
      undo: () => travel(undone),
      redo: () => travel(redone),
      changeNodes: (changes) => set({ nodes: applyNodeChanges(changes, get().nodes) as CanvasNode[] }),
      changeEdges: (changes) => set({ edges: applyEdgeChanges(changes, get().edges) }),

      connect(way) {
        const why = refusal(way, get(), kinds);
        if (why === null) put('Connect', connected(get(), way, kinds));
        return why;
      },
      redirect(way) {
        const { nodes, edges } = get();
        const others = edges.filter((edge) => edge.source !== way.source || edge.sourceHandle !== way.sourceHandle);
        const why = refusal(way, { nodes, edges: others }, kinds);
        if (why === null) put('Connect elsewhere', redirected(get(), way, kinds));
        return why;
      },
      add(type, spot, place) {
        const from = 'source' in spot ? spot : undefined;
        const added =
          'edge' in spot ? insertStep(get(), spot.edge, type, kinds) : addStep(get(), type, place, kinds, from);
        if (added) put(`Add ${titleOfKind(type, kinds)}`, added.canvas);
        return added?.id ?? null;
      },
      addNote: (at) => put('Add a note', addNote(get(), at).canvas),
      configure(id, data) {
        const node = get().nodes.find((each) => each.id === id);
        const what = node && isStep(node) ? titleOfKind(node.type, kinds) : 'the note';
        get().apply(`Change ${what}`, (draft) => ({ ...draft, ...configured(draft, id, data, kinds) }), `set ${id}`);
      },
      configureJourney: (next) => get().apply('Change settings', (draft) => ({ ...draft, settings: next }), 'settings'),
      removeSelected() {
        const ids = selectedIds(get());
        const edges = get().edges.flatMap(({ id, selected: is }) => (is ? [id] : []));
        if (ids.length + edges.length > 0) {
          put(ids.length ? 'Delete' : 'Disconnect', without(get(), ids, kinds, edges));
        }
        return ids.length + edges.length;
      },
      copy: () => copyText(get(), new Set(selectedIds(get()))),
      paste(text, at) {
        const canvas = pasted(get(), text, at, kinds);
        if (typeof canvas === 'string') return canvas;
        put('Paste', canvas);
        return null;
      },
      tidy() {
        const sizes = new Map(get().nodes.map(({ id, measured }) => [id, measured ?? {}]));
        const places = layOut({ ...graphOf(get()) }, sizes);
        put('Tidy up', {
          edges: get().edges,
          nodes: get().nodes.map((node) => ({ ...node, position: places.get(node.id) ?? node.position })),
        });
      },
      select: (ids) => set(selected(get(), ids)),
      ask: (asking) => set({ asking }),
      setFaults: (faults) => set({ faults }),
      setDragged: (dragged) => set({ dragged }),
    };
  });
}

export type BuilderStore = ReturnType<typeof createBuilder>;

/** The name of a kind of step: ours where we know it, else the server's. */
export function titleOfKind(type: string, kinds: Kinds): string {
  const kind = kinds.get(type);
  return descriptorOf(type, kind).title;
}
