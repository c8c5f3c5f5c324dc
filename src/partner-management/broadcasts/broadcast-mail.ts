import { type Mail, xmlText } from '../../platform/index.js';
import { fillTemplate } from './domain/broadcast-template.js';
import type { EngagementContent } from './domain/engagement-type.js';

/** What is said to everybody. */
export interface BroadcastText extends EngagementContent {
  readonly subject: string;
  readonly body: string;
  readonly channelName: string;
}

/** Who reads it, and where this reader leaves. */
export interface BroadcastReader {
  readonly name: string | null;
  readonly unsubscribeUrl: string;
}

export type BroadcastContent = Required<Pick<Mail, 'subject' | 'text' | 'html' | 'headers'>>;

const NAMELESS = 'there';
const CONTROL = /\p{Cc}+/gu;

/**
 * The mail of a broadcast for one reader. The HTML is made of the same text, so whatever people write stays text; both
 * end with the way out, which mail programs are told of too (RFC 2369, RFC 8058).
 */
export function composeBroadcast(text: BroadcastText, reader: BroadcastReader): BroadcastContent {
  const values = { name: reader.name ?? NAMELESS, channel: text.channelName };
  const body = fillTemplate(text.body, values);
  return {
    subject: fillTemplate(text.subject, values).replaceAll(CONTROL, ' ').trim(),
    text: plain(text, body, reader.unsubscribeUrl),
    html: html(text, body, reader.unsubscribeUrl),
    headers: {
      'List-Unsubscribe': `<${reader.unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}

function plain(
  { question, options, linkUrl, linkLabel, channelName }: BroadcastText,
  body: string,
  leave: string,
) {
  const parts = [body];
  if (question !== null) parts.push([question, ...options.map((option) => `- ${option}`)].join('\n'));
  if (linkUrl !== null) parts.push(`${linkLabel ?? 'Open'}: ${linkUrl}`);
  parts.push(`--\nYou get this mail from ${channelName}. Unsubscribe: ${leave}`);
  return parts.join('\n\n');
}

function html(
  { question, options, linkUrl, linkLabel, channelName }: BroadcastText,
  body: string,
  leave: string,
) {
  const parts = body.split(/\n{2,}/).map((paragraph) => `<p>${lines(paragraph)}</p>`);
  if (question !== null) {
    const list = options.map((option) => `<li>${xmlText(option)}</li>`).join('');
    parts.push(`<p><strong>${xmlText(question)}</strong></p><ul>${list}</ul>`);
  }
  if (linkUrl !== null)
    parts.push(`<p><a href="${xmlText(linkUrl)}">${xmlText(linkLabel ?? linkUrl)}</a></p>`);
  parts.push(
    `<p><small>You get this mail from ${xmlText(channelName)}. ` +
      `<a href="${xmlText(leave)}">Unsubscribe</a></small></p>`,
  );
  return parts.join('\n');
}

function lines(paragraph: string): string {
  return paragraph.split('\n').map(xmlText).join('<br>');
}
