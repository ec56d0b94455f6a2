'use client';

import { ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { Footprints, Keyboard, Plus, Rocket, Search, Settings2 } from 'lucide-react';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useCommands } from '@/components/shell/page-commands';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Spinner } from '@/components/ui/spinner';
import type { Journey } from '@/lib/api/types';
import { type CanvasNode, isStep } from '@/lib/graph/canvas';
import { type Kinds, openOutlets } from '@/lib/graph/connect';
import type { Point } from '@/lib/graph/edit';
import { bringIntoSight } from '@/lib/graph/sight';
import { descriptorOf } from '@/lib/nodes';
import { isOptional } from '@/lib/nodes/schema';
import { PHONE, useMedia } from '@/lib/use-media';
import { AddMenu } from './add-menu';
import { Canvas } from './canvas';
import { ConflictNotice } from './conflict-notice';
import { BuilderProvider, useBuilder, useBuilderStore } from './context';
import { FindStep } from './find-step';
import { JourneyPanel } from './journey-panel';
import { KeysDialog } from './keys-dialog';
import { nodeIn } from './node-in';
import { NodePanel, useOpenStep } from './node-panel';
import { type Overlay, OverlayProvider } from './overlay';
import { Palette } from './palette';
import { useDraft, useNodeKinds } from './queries';
import { SelectionBar } from './selection-bar';
import { StepMenu } from './step-menu';
import { type BuilderState, createBuilder, type Spot } from './store';
import { TopBar } from './top-bar';
import { useAutosave } from './use-autosave';
import { usePresence } from './use-presence';
import { useShortcuts } from './use-shortcuts';
import { useStepInAddress } from './use-step-in-address';
import { VoiceProvider } from './voice';

interface Props {
  id: string;
  /** What is laid over the drawing, such as live counts or the paths of a simulation. */
  overlay?: Overlay;
  /** More in the bar at the top; it may open what publishing asks, too. */
  tools?(publish: () => void): ReactNode;
  /** Stands beside the canvas instead of the list of steps and the forms. */
  aside?(save: () => Promise<boolean>): ReactNode;
  /** The step that is open at first, or `settings` for the journey's own. */
  start?: string;
  /** Asks how to publish; called once everything is saved. */
  publish(close: () => void, show: (node: string) => void): ReactNode;
}

const NO_OVERLAY: Overlay = {};

/** The journey builder: palette, canvas and panel over one draft. */
export function Builder({ id, ...props }: Props) {
  const draft = useDraft(id);
  const kinds = useNodeKinds();
  return (
    <div className="fixed inset-0 z-[35] flex flex-col bg-sunken md:sticky md:inset-auto md:top-0 md:z-auto md:h-dvh">
      <Loaded query={draft} loading={<Loading />}>
        {(journey) => (
          <Loaded query={kinds} loading={<Loading />}>
            {(known) => (
              <OpenBuilder
                key={`${journey.id} ${journey.draft_revision} ${journey.updated_at}`}
                journey={journey}
                kinds={known}
                onReload={() => void draft.refetch()}
                {...props}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
}

const Loading = () => (
  <div role="status" aria-label="Loading" className="grid flex-1 place-items-center text-ink-3">
    <Spinner className="size-5" />
  </div>
);

interface OpenProps extends Omit<Props, 'id'> {
  journey: Journey;
  kinds: Kinds;
  onReload(): void;
}

function OpenBuilder({ journey, kinds, overlay = NO_OVERLAY, ...props }: OpenProps) {
  const { start } = props;
  const [store] = useState(() => {
    const made = createBuilder(journey, kinds);
    if (start) made.getState().select([start]);
    return made;
  });
  return (
    <BuilderProvider store={store}>
      <OverlayProvider value={overlay}>
        <ReactFlowProvider>
          <VoiceProvider>
            <Workbench journey={journey} {...props} />
          </VoiceProvider>
        </ReactFlowProvider>
      </OverlayProvider>
    </BuilderProvider>
  );
}

type Opened = 'find' | 'settings' | 'keys' | 'publish' | null;

function Workbench({ journey, tools, aside, start, publish, onReload }: Omit<OpenProps, 'kinds' | 'overlay'>) {
  const store = useBuilderStore();
  const [opened, setOpened] = useState<Opened>(start === 'settings' ? start : null);
  const close = () => setOpened(null);
  const flow = useReactFlow<CanvasNode>();
  const { state: saveState, reason, save, overwrite } = useAutosave(journey);
  const isPhone = useMedia(PHONE);
  const pointer = useRef<Point | null>(null);
  const point = usePresence(journey.id);
  const onPoint = useMemo(
    () => (at: Point | null) => {
      pointer.current = at;
      point(at);
    },
    [point],
  );
  useShortcuts({
    onSearch: () => setOpened('find'),
    onSave: () => void save(),
    onHelp: () => setOpened('keys'),
    onEscape: close,
    pointer,
  });
  const openSettings = () => {
    store.getState().select([]);
    setOpened('settings');
  };
  const show = (node: string) => {
    close();
    store.getState().select([node]);
    bringIntoSight(nodeIn(store.getState().nodes, node), flow);
  };
  const openPublish = async () => {
    if (await save()) setOpened('publish');
  };
  useCommands((text) => [
    { icon: Rocket, label: 'Publish', run: () => void openPublish() },
    { icon: Settings2, label: 'Journey settings', run: openSettings },
    { icon: Keyboard, label: 'Keys of the builder', keys: '?', run: () => setOpened('keys') },
    { icon: Search, label: 'Find a step', keys: 'mod+f', run: () => setOpened('find') },
    ...(text ? steps(store.getState()).map(({ id, ...step }) => ({ ...step, id, run: () => show(id) })) : []),
  ]);
  return (
    <>
      <TopBar
        journey={journey}
        saveState={saveState}
        onFind={() => setOpened('find')}
        onSettings={openSettings}
        onKeys={() => setOpened('keys')}
        onPublish={() => void openPublish()}
      >
        {tools?.(() => void openPublish())}
      </TopBar>
      {saveState === 'conflict' && <ConflictNotice onReload={onReload} onOverwrite={() => void overwrite()} />}
      {saveState === 'refused' && (
        <Notice tone="bad" className="rounded-none">
          The draft could not be saved: {reason}
        </Notice>
      )}
      <div className="flex min-h-0 flex-1 max-sm:flex-col">
        {!isPhone && !aside && <Palette />}
        <div className="relative min-h-0 min-w-0 flex-1">
          <Canvas onPoint={onPoint} />
          <EmptyCanvas />
          <SelectionBar />
          {!aside && <PhoneAdd />}
        </div>
        {aside ? aside(save) : <OpenPanel other={opened === 'settings' && <JourneyPanel onClose={close} />} />}
      </div>
      <AddMenu />
      <StepMenu />
      {opened === 'find' && <FindStep onClose={close} />}
      {opened === 'keys' && <KeysDialog onClose={close} />}
      {opened === 'publish' && publish(close, show)}
    </>
  );
}

/** The steps of the journey, to be found by what they are called and by what they do. */
const steps = ({ nodes, kinds }: BuilderState) =>
  nodes.filter(isStep).map(({ id, type, data }) => {
    const { title, summary } = descriptorOf(type, kinds.get(type));
    return { id, icon: Footprints, label: data.label || title, hint: summary(data) };
  });

/** The form of the step that is open, or the other panel. Selecting a step draws this anew, and not the whole page. */
function OpenPanel({ other }: { other: ReactNode }) {
  const open = useOpenStep();
  useStepInAddress(open);
  return open ? <NodePanel key={open} id={open} /> : other;
}

/** What to do first, where nothing is drawn yet. */
function EmptyCanvas() {
  const isEmpty = useBuilder(({ nodes }) => nodes.length === 0);
  if (!isEmpty) return null;
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center p-6">
      <div className="max-w-72 text-center">
        <p className="font-semibold">How do people come in?</p>
        <p className="mt-1 text-ink-2 text-sm">
          Begin with a trigger, such as an event or a segment. Then add what happens, step by step, with the “+” below
          each.
        </p>
      </div>
    </div>
  );
}

/** The lowest way out that still leads nowhere, or a free place below everything. */
function lastEnd(state: BuilderState): Spot {
  const lowestFirst = state.nodes.filter(isStep).sort((a, b) => b.position.y - a.position.y);
  for (const { id } of lowestFirst) {
    const outlet = openOutlets(id, state, state.kinds).find((each) => !isOptional(each));
    if (outlet) return { source: id, sourceHandle: outlet };
  }
  const [lowest] = lowestFirst;
  return { at: { x: lowest?.position.x ?? 0, y: lowest ? lowest.position.y + 160 : 0 } };
}

/** On a phone there is no room for the list of steps beside the canvas. */
function PhoneAdd() {
  const store = useBuilderStore();
  return (
    <Button
      look="primary"
      size="lg"
      className="absolute right-4 bottom-6 z-10 rounded-full shadow-float sm:hidden"
      onClick={() => store.getState().ask({ spot: lastEnd(store.getState()), screen: { x: 0, y: 0 } })}
    >
      <Plus /> Add a step
    </Button>
  );
}
