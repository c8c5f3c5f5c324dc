/** What a document may be: its file name's endings, and the media type that its content must have. */
const FORMATS = [
  { mediaType: 'application/pdf', endings: ['pdf'] },
  { mediaType: 'image/png', endings: ['png'] },
  { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg'] },
] as const;

export type DocumentMediaType = (typeof FORMATS)[number]['mediaType'];

/** Bytes of a content's beginning and end that {@link contentFault} looks at. */
export const HEAD_BYTES = 4_100;
/** The longest that a ZIP archive's last record can be: 22 bytes and a comment of 65 535. */
export const TAIL_BYTES = 22 + 65_535;

const LONGEST_NAME = 200;
/** Control characters, and those that turn the direction of writing, so that `gpj.exe` would look like `exe.jpg`. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const OF_FOLDERS = /[/\\:]/;
const RESERVED = /[<>"|?*]/;

/** Why a file name cannot be taken, as the end of the sentence "file …", or null when it can. */
export function fileNameFault(name: string): string | null {
  if (name === '') return 'must have a file name';
  if (name.length > LONGEST_NAME) return `must have a name of at most ${LONGEST_NAME} characters`;
  if (OF_FOLDERS.test(name)) return 'must have a plain name, without folders';
  if (UNSEEN.test(name) || RESERVED.test(name)) return 'must have a name of visible, plain characters';
  if (name.startsWith('.') || mediaTypeOf(name) === null) return 'must be a .pdf, .png, .jpg or .jpeg file';
  return null;
}

/** Media type that the name's ending stands for; null for an ending that documents do not have. */
export function mediaTypeOf(name: string): DocumentMediaType | null {
  const ending = /[^.]\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  return (
    FORMATS.find(({ endings }) => (endings as readonly string[]).includes(ending ?? ''))?.mediaType ?? null
  );
}

/** What a browser that guesses types, or PHP, would take for its own. */
const ACTIVE = /<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php)[\s>/]/i;
/** Where viewers look for a PDF's header, though it should be the first thing. */
const PDF_HEADER_WITHIN = 1_024;
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');
const ZIP_END = Buffer.from('504b0506', 'hex');
const ZIP_END_BYTES = 22;

/**
 * Why a content is not only what it claims to be, as the end of the sentence "file …", or null when nothing is wrong.
 * Finds the files of two formats that matter: a ZIP (or JAR, or office) archive at the end, HTML or PHP in the beginning
 * or at the end of an image, a PDF inside an image, anything behind a PNG's or PDF's end.
 * @param head the content's first {@link HEAD_BYTES}
 * @param tail its last {@link TAIL_BYTES}; the same bytes for a short one
 */
export function contentFault(mediaType: DocumentMediaType, head: Buffer, tail: Buffer): string | null {
  if (hasArchive(tail)) return 'must not have an archive attached';
  if (ACTIVE.test(head.toString('latin1', 0, PDF_HEADER_WITHIN))) return 'must not hold a web page';
  if (mediaType === 'application/pdf') {
    return endsPdf(tail) ? null : 'must be a whole PDF file, with nothing behind its end';
  }
  if (ACTIVE.test(head.toString('latin1')) || ACTIVE.test(tail.toString('latin1'))) {
    return 'must not hold a web page';
  }
  if (head.subarray(0, PDF_HEADER_WITHIN).includes('%PDF-')) return 'must not hold a PDF file';
  if (mediaType === 'image/png' && !tail.subarray(-PNG_END.length).equals(PNG_END)) {
    return 'must be a whole PNG file, with nothing behind its end';
  }
  return null;
}

/** Whether the bytes end with a ZIP archive's last record: its comment goes to the very end. */
function hasArchive(tail: Buffer): boolean {
  for (let at = tail.lastIndexOf(ZIP_END); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(ZIP_END, at - 1)) {
    const comment = at + ZIP_END_BYTES <= tail.length ? tail.readUInt16LE(at + ZIP_END_BYTES - 2) : -1;
    if (at + ZIP_END_BYTES + comment === tail.length) return true;
  }
  return false;
}

/** Whether nothing but white space and NUL stands behind the last `%%EOF`. */
function endsPdf(tail: Buffer): boolean {
  const end = tail.lastIndexOf('%%EOF');
  return end >= 0 && /^[\s\0]*$/.test(tail.toString('latin1', end + '%%EOF'.length));
}
