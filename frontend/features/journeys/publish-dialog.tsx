'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { Journey, Published } from '@/lib/api/types';
import { useMe } from '@/lib/auth';
import { count } from '@/lib/format';
import { toast } from '@/lib/toast';
import { Approval, missingApprovals } from './approval';
import { Changes } from './changes';
import { Checks } from './checks';
import { FINISH, PeopleInside, undecided, type Wish } from './people-inside';
import { useApprovals, useInFlight, useJourney, useJourneyActions, useValidation, useVersion } from './queries';
import { newIntakes, Reach } from './reach';

interface Props {
  id: string;
  /** An older version to go back to, instead of the draft. */
  from?: number;
  onClose(): void;
  onPublished?(): void;
  /** Brings a step of the draft into sight; elsewhere than in the builder, the builder is opened at it. */
  onShow?(nodeId: string): void;
}

/** Everything to know before the draft, or an older version, becomes the live one; and what becomes of those inside. */
export function PublishDialog({ id, from, onClose, onPublished, onShow }: Props) {
  const journey = useJourney(id);
  const older = useVersion(id, from ?? null);
  const live = useVersion(id, journey.data?.version ?? null);
  // Here, and not where it is pressed: what is below is drawn anew as soon as the new version is known.
  const { publish } = useJourneyActions(id);
  const submit = (wish: Wish) =>
    publish.mutate(
      { ...wish, from, revision: journey.data?.draft_revision },
      {
        onSuccess: ({ version }) => {
          const description = `Version ${version} takes people in from now on.`;
          toast.success(`${journey.data?.name ?? 'The journey'} is live`, { description });
          onClose();
          onPublished?.();
        },
      },
    );
  const isReady = journey.data && (!from || older.data) && (!journey.data.version || live.data);
  const title = from ? `Go back to version ${from}` : `Publish “${journey.data?.name ?? ''}”`;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={
        from
          ? 'It becomes the draft, and is published anew as the next version.'
          : 'A published version is never edited: it is kept as it is, and can be gone back to.'
      }
      className="sm:w-[min(680px,calc(100vw-24px))] sm:top-[6vh] sm:max-h-[88vh]"
    >
      <Loaded query={journey} loading={<Skeleton className="h-40" />}>
        {(loaded) =>
          isReady ? (
            <Ready
              journey={loaded}
              live={live.data}
              older={older.data}
              publishing={publish}
              onSubmit={submit}
              onClose={onClose}
              onShow={onShow}
            />
          ) : (
            <Skeleton className="h-40" />
          )
        }
      </Loaded>
    </Dialog>
  );
}

interface ReadyProps extends Pick<Props, 'onClose' | 'onShow'> {
  journey: Journey;
  live?: Published;
  older?: Published;
  publishing: { isPending: boolean; error: Error | null };
  onSubmit(wish: Wish): void;
}

function Ready({ journey, live, older, publishing, onSubmit, onClose, onShow }: ReadyProps) {
  const { id, draft_revision } = journey;
  const router = useRouter();
  const me = useMe();
  const next = older ?? journey;
  const validation = useValidation(id, !older);
  const approvals = useApprovals(id);
  const inside = useInFlight(id, older?.version, !!live);
  const [wish, setWish] = useState(FINISH);
  const open = inside.data ? undecided(inside.data, wish) : [];
  const missing = approvals.data ? missingApprovals(approvals.data, me.user.id) : 0;
  const isChecked = older ? true : validation.data?.valid;
  const show = onShow ?? ((node: string) => router.push(`/journeys/edit?id=${id}&step=${node}`));
  return (
    <div className="grid gap-5">
      {!older && (
        <Part title="Checks">
          <Loaded query={validation} loading={<Skeleton className="h-10" />}>
            {(checked) => <Checks validation={checked} graph={journey.graph} onShow={show} />}
          </Loaded>
        </Part>
      )}
      {older && journey.has_unpublished_changes && (
        <Notice tone="warn">
          The draft has changes that were never published. Going back replaces them: duplicate the journey first to keep
          them.
        </Notice>
      )}
      {live && (
        <Part title={`What changes against version ${live.version}`}>
          <Changes before={live} after={next} />
        </Part>
      )}
      {!older && isChecked && (
        <Part title="Who enters">
          <Reach id={id} triggers={newIntakes(journey.graph, live?.graph)} revision={draft_revision} />
        </Part>
      )}
      {!!inside.data?.contacts && (
        <Part title={`${count(inside.data.contacts, 'person is', 'people are')} inside`}>
          <PeopleInside inside={inside.data} graph={next.graph} wish={wish} onChange={setWish} />
        </Part>
      )}
      {!!approvals.data?.needed && (
        <Part title="Approval">
          <Approval id={id} state={approvals.data} />
        </Part>
      )}
      {publishing.error && <Notice tone="bad">{publishing.error.message}</Notice>}
      <DialogActions>
        {open.length > 0 && (
          <p className="mr-auto self-center text-sm text-warn">
            Say where they go from {open.map(({ title }) => `“${title}”`).join(', ')}.
          </p>
        )}
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          busy={publishing.isPending}
          disabled={!isChecked || missing > 0 || open.length > 0 || (!!live && inside.isPending)}
          onClick={() => onSubmit(wish)}
        >
          {older ? 'Go back' : 'Publish'}
        </Button>
      </DialogActions>
    </div>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="grid gap-2.5">
    <h3 className="font-semibold text-sm">{title}</h3>
    {children}
  </section>
);
