'use client';

import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import { SECTIONS } from './sections';

type Shortcut = [keys: string, what: string];

const GROUPS: [title: string, shortcuts: Shortcut[]][] = [
  [
    'Anywhere',
    [
      ['mod+k', 'Find anything, do anything'],
      ['?', 'These shortcuts'],
      ['/', 'Search on this page'],
      ['Escape', 'Close what is open'],
    ],
  ],
  ['Go to', SECTIONS.map(({ key, label }): Shortcut => [`g ${key}`, label])],
  [
    'In a list',
    [
      ['j', 'Next'],
      ['k', 'Previous'],
      ['o', 'Open'],
      ['x', 'Select a contact'],
    ],
  ],
  [
    'On the canvas',
    [
      ['mod+z', 'Undo'],
      ['mod+Shift+z', 'Redo'],
      ['mod+c', 'Copy steps'],
      ['mod+v', 'Paste steps'],
      ['mod+f', 'Find a step'],
      ['Delete', 'Delete what is selected'],
    ],
  ],
];

/** Every shortcut there is, on one sheet. */
export function Shortcuts({ onClose }: { onClose(): void }) {
  return (
    <Dialog open onOpenChange={onClose} title="Keyboard shortcuts" className="sm:w-[min(720px,calc(100vw-24px))]">
      <div className="gap-x-8 sm:columns-2">
        {GROUPS.map(([title, shortcuts]) => (
          <section key={title} aria-label={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 font-medium text-ink-3 text-xs">{title}</h3>
            <dl>
              {shortcuts.map(([keys, what]) => (
                <div key={keys} className="flex h-8 items-center justify-between gap-4">
                  <dt>{what}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
