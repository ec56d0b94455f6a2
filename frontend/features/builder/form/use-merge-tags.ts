'use client';

import { useMemo } from 'react';
import { useAttributes, useEventProperties } from '@/features/rules/queries';
import { useBuilder } from '../context';

const FIXED = ['workspace.name', 'journey.name', 'unsubscribe_url', 'preferences_url', 'view_in_browser_url'];

/** What a text may say of the person, of the event that brought them in, and of ourselves. */
export function useMergeTags(): string[] {
  const attributes = useAttributes();
  const event = useBuilder(({ nodes }) => {
    const trigger = nodes.find(({ type, data }) => type === 'event_trigger' && data.event);
    return String(trigger?.data.event ?? '');
  });
  const properties = useEventProperties(event);
  return useMemo(
    () => [
      ...attributes.map(({ name }) => `contact.${name}`),
      ...properties.map(({ name }) => `event.${name}`),
      ...FIXED,
    ],
    [attributes, properties],
  );
}
