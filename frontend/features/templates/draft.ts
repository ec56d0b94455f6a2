import type { Template, TemplateVersion } from '@/lib/api/types';
import type { MailSource } from './queries';
import { STARTER_MJML } from './starter';

/** A template as it is being written. */
export interface Draft {
  name: string;
  subject: string;
  preheader: string;
  language: 'mjml' | 'html';
  source: string;
}

type Written = Pick<TemplateVersion, 'subject' | 'preheader' | 'mjml' | 'html'>;

export const NEW_DRAFT: Draft = { name: '', subject: '', preheader: '', language: 'mjml', source: STARTER_MJML };

export const draftOf = ({ subject, preheader, mjml, html }: Written, { name }: Pick<Template, 'name'>): Draft => ({
  name,
  subject: subject ?? '',
  preheader: preheader ?? '',
  language: mjml ? 'mjml' : 'html',
  source: mjml ?? html ?? '',
});

export const mailOf = ({ subject, preheader, language, source }: Draft): MailSource => ({
  subject,
  preheader,
  mjml: language === 'mjml' ? source : null,
  html: language === 'html' ? source : null,
});

/** A version as one text, so that two can be compared. */
export const textOf = ({ subject, preheader, mjml, html }: Written): string =>
  [`Subject: ${subject ?? ''}`, `Preheader: ${preheader ?? ''}`, '', mjml ?? html ?? ''].join('\n');
