'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { Scrollable } from './scrollable';

/** Text for machines, with a button to copy it. */
export function Code({ text, label, className }: { text: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className={cn('relative min-w-0', className)}>
      <Scrollable label={label} className="max-h-96 overflow-y-auto rounded-md border bg-sunken">
        <pre className="p-3 pr-11 font-mono text-ink-2 text-xs leading-5">{text}</pre>
      </Scrollable>
      <Button
        look="quiet"
        size="icon"
        aria-label={copied ? 'Copied' : `Copy ${label.toLowerCase()}`}
        className="absolute top-1 right-1"
        onClick={copy}
      >
        {copied ? <Check className="text-ok" /> : <Copy />}
      </Button>
    </div>
  );
}
