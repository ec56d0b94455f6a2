'use client';

import { useReactFlow } from '@xyflow/react';
import {
  ChevronLeft,
  CircleAlert,
  Ellipsis,
  GitBranch,
  ImageDown,
  Keyboard,
  Maximize,
  Redo2,
  Rocket,
  Search,
  Settings2,
  StickyNote,
  Undo2,
  WandSparkles,
} from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { StateBadge } from '@/components/state-badge';
import { Button } from '@/components/ui/button';
import { Menu, MenuItem, MenuRule } from '@/components/ui/menu';
import { Tooltip } from '@/components/ui/tooltip';
import { afterPaint } from '@/lib/after-paint';
import type { Journey } from '@/lib/api/types';
import { count } from '@/lib/format';
import type { CanvasNode } from '@/lib/graph/canvas';
import { bringIntoSight, paneInSight } from '@/lib/graph/sight';
import { Avatars } from './avatars';
import { useBuilder, useBuilderStore } from './context';
import { nodeIn } from './node-in';
import { useSelectedStep } from './node-panel';
import { savePicture } from './picture';
import { SavePill } from './save-pill';
import type { SaveState } from './use-autosave';
import { useSay } from './voice';

interface Props {
  journey: Journey;
  saveState: SaveState;
  onFind(): void;
  onSettings(): void;
  onKeys(): void;
  onPublish(): void;
  /** What the page adds, such as live counts on or off. */
  children?: ReactNode;
}

const FIT = { padding: 0.15, maxZoom: 1, duration: 250 };

/** What can be done with the drawing as a whole. */
export function TopBar({ journey, saveState, onFind, onSettings, onKeys, onPublish, children }: Props) {
  const { id, name, state } = journey;
  const store = useBuilderStore();
  const flow = useReactFlow<CanvasNode>();
  const say = useSay();
  const undoes = useBuilder(({ history }) => history.past.at(-1)?.label);
  const redoes = useBuilder(({ history }) => history.future[0]?.label);
  const selected = useSelectedStep();
  // What moves the whole drawing takes a moment in a large one; the button shows before that it was pressed.
  const tidy = () =>
    afterPaint(() => {
      store.getState().tidy();
      requestAnimationFrame(() => void flow.fitView(FIT));
    });
  const undo = () => afterPaint(() => say(`Undid: ${store.getState().undo()}`));
  const redo = () => afterPaint(() => say(`Redid: ${store.getState().redo()}`));
  const addNote = () => {
    const pane = paneInSight();
    if (!pane) return;
    const middle = { x: pane.left + pane.width / 2, y: pane.top + pane.height / 2 };
    store.getState().addNote(flow.screenToFlowPosition(middle));
  };
  return (
    <header className="flex h-14 shrink-0 items-center gap-1.5 border-b bg-surface px-2 sm:gap-2 sm:px-3">
      <Button asChild look="quiet" size="icon">
        <Link href={`/journeys/view?id=${id}`} aria-label="Back to the journey">
          <ChevronLeft />
        </Link>
      </Button>
      <h1 className="min-w-0 truncate font-semibold">{name}</h1>
      <span className="max-sm:hidden">
        <StateBadge state={state} />
      </span>
      <SavePill state={saveState} />
      <span className="flex-1" />
      <Avatars />
      <FaultCount
        onShow={(node) => bringIntoSight(nodeIn(store.getState().nodes, node), flow)}
        onSettings={onSettings}
      />
      {children}
      <div className="flex items-center max-md:hidden">
        <Tool label={undoes ? `Undo: ${undoes}` : 'Undo'} disabled={!undoes} onClick={undo}>
          <Undo2 />
        </Tool>
        <Tool label={redoes ? `Redo: ${redoes}` : 'Redo'} disabled={!redoes} onClick={redo}>
          <Redo2 />
        </Tool>
        <Tool label="Tidy up" onClick={tidy}>
          <WandSparkles />
        </Tool>
        <Tool label="Show all" onClick={() => void flow.fitView(FIT)}>
          <Maximize />
        </Tool>
        <Tool label="Find a step" onClick={onFind}>
          <Search />
        </Tool>
      </div>
      <Tool label="Journey settings" onClick={onSettings}>
        <Settings2 />
      </Tool>
      <Menu
        trigger={
          <Button look="quiet" size="icon" aria-label="More">
            <Ellipsis />
          </Button>
        }
      >
        <div className="md:hidden">
          <MenuItem disabled={!undoes} onSelect={undo}>
            <Undo2 /> {undoes ? `Undo: ${undoes}` : 'Undo'}
          </MenuItem>
          <MenuItem disabled={!redoes} onSelect={redo}>
            <Redo2 /> {redoes ? `Redo: ${redoes}` : 'Redo'}
          </MenuItem>
          <MenuItem onSelect={tidy}>
            <WandSparkles /> Tidy up
          </MenuItem>
          <MenuItem onSelect={() => void flow.fitView(FIT)}>
            <Maximize /> Show all
          </MenuItem>
          <MenuItem onSelect={onFind}>
            <Search /> Find a step
          </MenuItem>
          <MenuRule />
        </div>
        <MenuItem disabled={!selected} onSelect={() => store.getState().selectBranch()}>
          <GitBranch /> Select the whole branch
        </MenuItem>
        <MenuItem onSelect={addNote}>
          <StickyNote /> Add a note
        </MenuItem>
        <MenuItem onSelect={() => void savePicture(flow.getNodes(), name)}>
          <ImageDown /> Save as picture
        </MenuItem>
        <MenuItem onSelect={onKeys} className="max-md:hidden">
          <Keyboard /> Keys
        </MenuItem>
      </Menu>
      <Button look="primary" onClick={onPublish}>
        <Rocket className="max-sm:hidden" /> Publish
      </Button>
    </header>
  );
}

function Tool({
  label,
  children,
  ...props
}: {
  label: string;
  disabled?: boolean;
  onClick(): void;
  children: ReactNode;
}) {
  return (
    <Tooltip text={label}>
      <Button look="quiet" size="icon" aria-label={label} {...props}>
        {children}
      </Button>
    </Tooltip>
  );
}

/** How much is unfinished; a click goes from one to the next. */
function FaultCount({ onShow, onSettings }: { onShow(node: string): void; onSettings(): void }) {
  const store = useBuilderStore();
  const faults = useBuilder((state) => state.faults);
  const total = Object.values(faults).reduce((sum, each) => sum + each.length, 0);
  if (total === 0) return null;
  const next = () => {
    const ids = Object.keys(faults);
    const current = store.getState().nodes.find(({ selected }) => selected)?.id ?? '';
    const id = ids[(ids.indexOf(current) + 1) % ids.length] ?? '';
    if (!id) return onSettings();
    store.getState().select([id]);
    onShow(id);
  };
  const general = faults['']?.[0]?.message;
  return (
    <Tooltip text={general ?? 'Go to the next one'}>
      <Button size="sm" className="text-bad" onClick={next} aria-label={`${count(total, 'problem')}: go to the next`}>
        <CircleAlert />
        <span className="num">
          {total} <span className="max-lg:hidden">{total === 1 ? 'problem' : 'problems'}</span>
        </span>
      </Button>
    </Tooltip>
  );
}
