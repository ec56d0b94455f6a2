import type { EdgeChange, NodeChange } from '@xyflow/react';
import { applyEdgeChanges } from '@xyflow/react';
import { createStore } from 'zustand';
import type { GraphFault, Journey, NodeConfig } from '@/lib/api/types';
import { type Canvas, type CanvasEdge, type CanvasNode, canvasOf, type Groups, isStep } from '@/lib/graph/canvas';
import { copyText, pasted } from '@/lib/graph/clipboard';
import { type Kinds, refusal, type Way } from '@/lib/graph/connect';
import {
  addNote,
  addStep,
  branchFrom,
  configured,
  connected,
  insertStep,
  type Point,
  redirected,
  selected,
  without,
} from '@/lib/graph/edit';
import { changedNodes, grouped, groupOf, joined, toggled, unfoldedFor } from '@/lib/graph/groups';
import { type History, marked, NO_HISTORY, redone, type Travelled, undone } from '@/lib/graph/history';
import { tidied } from '@/lib/graph/tidy';
import { descriptorOf } from '@/lib/nodes';

/** What undo brings back: the picture and the settings around it. */
export interface Draft extends Canvas {
  groups: Groups;
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
  /** Steps are being moved about, from `true` to `false`. */
  setMoving(isMoving: boolean): void;
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
  duplicateSelected(): void;
  copy(): string | null;
  /** Pastes steps from text, or says why not. */
  paste(text: string, at: Point): string | null;
  tidy(): void;
  /** Selects steps; a group of which that is only a part is unfolded. */
  select(ids: string[]): void;
  /** Selects what comes after the selected step too, and returns how many those are. */
  selectBranch(): number;
  /** Makes a group of what is selected, or takes apart the group that is. */
  group(): void;
  toggleGroup(id: string): void;
  renameGroup(id: string, name: string): void;
  ask(asking: Asking | null): void;
  openMenu(at: Point | null): void;
  setFaults(faults: Record<string, GraphFault[]>): void;
  setDragged(type: string | null): void;
}

export interface BuilderState extends Draft, Actions {
  kinds: Kinds;
  history: History<Draft>;
  /** What is wrong, by node; faults of the journey as a whole are under the empty id. */
  faults: Record<string, GraphFault[]>;
  asking: Asking | null;
  /** Where on the screen the selected steps' menu is open. */
  menu: Point | null;
  /** The kind of step that is being dragged in from the list. */
  dragged: string | null;
  isMoving: boolean;
}

const BURST_MS = 1_200;
const BESIDE_PX = 40;

const draftOf = ({ nodes, edges, groups, settings }: Draft): Draft => ({ nodes, edges, groups, settings });

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
    const regroup = (label: string, change: (draft: Draft) => Groups, burst?: string) =>
      get().apply(label, (draft) => ({ ...draft, groups: change(draft) }), burst);

    return {
      groups: [],
      ...canvasOf(graph, (type) => kinds.get(type)?.outlets[0]),
      settings,
      kinds,
      history: NO_HISTORY,
      faults: {},
      asking: null,
      menu: null,
      dragged: null,
      isMoving: false,

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
      setMoving(isMoving) {
        if (isMoving) get().mark('Move');
        set({ isMoving });
      },
      undo: () => travel(undone),
      redo: () => travel(redone),
      changeNodes(changes) {
        // React Flow tells of no end when a gesture is broken off, but the steps lie still then too.
        const isOver = changes.some((change) => change.type === 'position' && change.dragging === false);
        set({ nodes: changedNodes(get(), changes), ...(isOver && { isMoving: false }) });
      },
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
        const cut = 'edge' in spot && get().edges.find(({ id }) => id === spot.edge);
        const groups = cut && added ? joined(get().groups, added.id, cut) : get().groups;
        if (added) put(`Add ${titleOfKind(type, kinds)}`, { ...added.canvas, groups });
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
      duplicateSelected() {
        const text = get().copy();
        const corners = get().nodes.flatMap((node) => (node.selected ? [node.position] : []));
        const [x, y] = [Math.min(...corners.map((at) => at.x)), Math.min(...corners.map((at) => at.y))];
        if (text) get().paste(text, { x: x + BESIDE_PX, y: y + BESIDE_PX });
      },
      copy: () => copyText(get(), new Set(selectedIds(get()))),
      paste(text, at) {
        const canvas = pasted(get(), text, at, kinds);
        if (typeof canvas === 'string') return canvas;
        put('Paste', canvas);
        return null;
      },
      tidy() {
        put('Tidy up', tidied(draftOf(get())));
      },
      select: (ids) => set({ ...selected(get(), ids), groups: unfoldedFor(get().groups, new Set(ids)) }),
      selectBranch() {
        const [head = ''] = selectedIds(get());
        const branch = branchFrom(get(), head);
        get().select(branch);
        return branch.length;
      },
      group() {
        const ids = selectedIds(get());
        const whole = groupOf(get().groups, ids);
        const steps = get().nodes.filter((node) => node.selected && isStep(node));
        if (whole) regroup('Ungroup', ({ groups }) => groups.filter((group) => group !== whole));
        else if (steps.length > 1) {
          regroup('Group', (draft) =>
            grouped(
              draft,
              steps.map(({ id }) => id),
            ),
          );
        }
      },
      toggleGroup(id) {
        const isFolded = get().groups.find((group) => group.id === id)?.collapsed;
        put(isFolded ? 'Unfold the group' : 'Fold the group', toggled(draftOf(get()), id));
      },
      renameGroup: (id, name) =>
        regroup(
          'Rename the group',
          ({ groups }) => groups.map((group) => (group.id === id ? { ...group, name } : group)),
          `name ${id}`,
        ),
      ask: (asking) => set({ asking }),
      openMenu: (menu) => set({ menu }),
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
