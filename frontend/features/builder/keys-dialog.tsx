import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

const KEYS: [keys: string, does: string][] = [
  ['mod+z', 'Undo'],
  ['mod+Shift+z', 'Redo'],
  ['mod+c', 'Copy the selected steps as text'],
  ['mod+x', 'Cut them'],
  ['mod+v', 'Paste at the pointer, in any journey'],
  ['mod+d', 'Duplicate'],
  ['mod+g', 'Group the selected steps, or ungroup'],
  ['mod+a', 'Select all'],
  ['mod+f', 'Find a step'],
  ['mod+s', 'Save now'],
  ['F2', 'Rename the selected step or group'],
  ['Tab', 'Add a step after the selected one'],
  ['b', 'Select the whole branch from the selected step'],
  ['Delete', 'Delete, and close the gap'],
  ['Esc', 'Select nothing'],
  ['Space', 'Hold it and drag to move the canvas'],
  ['1', 'Show all'],
  ['0', 'Full size'],
  ['=', 'Larger'],
  ['-', 'Smaller'],
  ['?', 'This list'],
];

/** What the keys do on the canvas. */
export function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Keys of the builder"
      description="Tab goes from step to step, Enter selects, arrows move."
    >
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2 text-sm">
        {KEYS.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt>
              <Kbd keys={keys} />
            </dt>
            <dd className="text-ink-2">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
