import type { ExternalToast } from 'sonner';

/** What shows toasts is loaded after the page: no page begins with one. */
const show = (kind: 'message' | 'success' | 'error') => (title: string, options?: ExternalToast) =>
  void import('sonner').then(({ toast: { [kind]: say } }) => say(title, options));

export const toast = Object.assign(show('message'), { success: show('success'), error: show('error') });
