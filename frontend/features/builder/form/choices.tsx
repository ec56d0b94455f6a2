'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Field } from '@/components/ui/field';
import { MailFrame } from '@/components/ui/mail-frame';
import { Pick } from '@/features/rules/pick';
import {
  useFormOptions,
  useJourneyOptions,
  useScoreOptions,
  useSegmentOptions,
  useTemplateOptions,
  useTopicOptions,
} from '@/features/rules/queries';
import { api } from '@/lib/api/client';
import type { Connection, Page, Template, TemplatePreview } from '@/lib/api/types';
import type { FieldProps } from './schema-form';

const orNothing = (value: string): string | undefined => value || undefined;

interface ChooseProps extends FieldProps {
  options: [value: string, label: string][];
  none: string;
}

function Choose({ label, hint, error, value, onChange, options, none }: ChooseProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {() => (
        <Pick
          label={label}
          none={none}
          value={value}
          options={options}
          onChange={(next) => onChange(orNothing(next))}
        />
      )}
    </Field>
  );
}

export function SegmentField(props: FieldProps) {
  const segments = useSegmentOptions();
  return <Choose {...props} none="Choose a segment" options={segments.map(({ id, name }) => [id, name])} />;
}

export function JourneyField(props: FieldProps) {
  const journeys = useJourneyOptions();
  return <Choose {...props} none="Choose a journey" options={journeys.map(({ id, name }) => [id, name])} />;
}

/** A form by its key, which is what pages send to. */
export function FormField(props: FieldProps) {
  const forms = useFormOptions();
  return (
    <div className="grid gap-2">
      <Choose {...props} hint={undefined} none="Choose a form" options={forms.map(({ key, name }) => [key, name])} />
      <Link className="text-accent-ink text-xs hover:underline" href="/forms?id=new">
        New form
      </Link>
    </div>
  );
}

export function TopicField(props: FieldProps) {
  const topics = useTopicOptions();
  return <Choose {...props} none="The usual one" options={topics.map(({ key, name }) => [key, name])} />;
}

export function ScoreField(props: FieldProps) {
  const models = useScoreOptions();
  return <Choose {...props} none="Choose a score" options={models.map(({ slug, name }) => [slug, name])} />;
}

export function ConnectionField(props: FieldProps) {
  const connections = useQuery({
    queryKey: ['/api/connections'],
    queryFn: () => api.get<Page<Connection>>('/api/connections'),
    select: ({ items }) => items,
  });
  const options = (connections.data ?? []).map(({ name }): [string, string] => [name, name]);
  return <Choose {...props} hint={undefined} none="The workspace’s default" options={options} />;
}

/** A template, and how it looks. */
export function TemplateField(props: FieldProps) {
  const templates = useTemplateOptions();
  const chosen = templates.find(({ id }) => id === props.value);
  return (
    <div className="grid gap-2">
      <Choose
        {...props}
        hint={undefined}
        none="Choose a template"
        options={templates.map(({ id, name }) => [id, name])}
      />
      {chosen && <MailPreview mail={chosen} />}
      <p className="flex gap-3 text-xs">
        {chosen && (
          <Link className="text-accent-ink hover:underline" href={`/templates?id=${chosen.id}`}>
            Edit this template
          </Link>
        )}
        <Link className="text-accent-ink hover:underline" href="/templates?id=new">
          New template
        </Link>
      </p>
    </div>
  );
}

type Mail = Partial<Pick<Template, 'subject' | 'preheader' | 'html' | 'mjml'>>;

/** A mail as somebody made up would get it. */
export function MailPreview({ mail: { subject = '', preheader = '', html = null, mjml = null } }: { mail: Mail }) {
  const source = { subject, preheader, html, mjml };
  const preview = useQuery({
    queryKey: ['/api/templates', 'preview', source],
    queryFn: () => api.post<TemplatePreview>('/api/templates/preview', { ...source, contact_id: null }),
    enabled: !!(html || mjml),
    placeholderData: (before) => before,
    retry: false,
  });
  if (!preview.data) return preview.error && <p className="text-bad text-xs">{preview.error.message}</p>;
  return (
    <figure className="overflow-hidden rounded-lg border">
      <figcaption className="border-b bg-sunken px-3 py-2">
        <p className="truncate font-medium text-sm">{preview.data.subject || 'No subject'}</p>
        <p className="truncate text-ink-3 text-xs">{preview.data.preheader}</p>
      </figcaption>
      <MailFrame title="How the mail looks" html={preview.data.html} className="h-64 rounded-none border-0" />
    </figure>
  );
}
