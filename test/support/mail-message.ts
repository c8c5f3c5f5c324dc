/** A mail as a test wants to read it. */
export interface MailMessage {
  from: string;
  to: string[];
  subject: string;
  /** Decoded text part, or the whole body of a mail that has but one part. */
  text: string;
  /** The message as it came over the wire. */
  raw: string;
}

/** Reads a message as SMTP delivered it (RFC 5322, MIME parts and encodings). */
export function parseMail(raw: string, from: string, to: string[]): MailMessage {
  const message = splitPart(raw);
  return { from, to, subject: decodeWords(message.headers.get('subject') ?? ''), text: textOf(message), raw };
}

interface Part {
  headers: Map<string, string>;
  body: string;
}

function splitPart(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n');
  const head = (end < 0 ? raw : raw.slice(0, end)).replace(/\r\n[ \t]+/g, ' ');
  const headers = head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: end < 0 ? '' : raw.slice(end + 4) };
}

function textOf(part: Part): string {
  const boundary = /boundary="?([^";]+)/i.exec(part.headers.get('content-type') ?? '')?.[1];
  if (!boundary) return decodeBody(part);
  const parts = part.body.split(`--${boundary}`).slice(1, -1);
  const children = parts.map((child) => splitPart(child.replace(/^\r\n/, '')));
  const isText = ({ headers }: Part) => /^(text\/plain|multipart\/)/i.test(headers.get('content-type') ?? '');
  const preferred = children.find(isText) ?? children[0];
  return preferred ? textOf(preferred) : '';
}

function decodeBody({ headers, body }: Part): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(body.replace(/=\r\n/g, '')) : body;
}

function decodeQuotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Encoded words of a header (RFC 2047). */
function decodeWords(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeQuotedPrintable(text.replaceAll('_', ' ')),
    );
}
