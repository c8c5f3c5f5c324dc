/** What an upload may be: its media type, and the endings of the file names that stand for it. */
const ENDINGS = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'video/mp4': ['mp4'],
  'video/webm': ['webm'],
} as const;

export type FileMediaType = keyof typeof ENDINGS;

/** Bytes of a content's beginning and end that {@link contentFault} looks at. */
export const HEAD_BYTES = 4_100;
/** The longest that a ZIP archive's last record can be: 22 bytes and a comment of 65 535. */
export const TAIL_BYTES = 22 + 65_535;

const LONGEST_NAME = 200;
/** Control characters, and those that turn the direction of writing, so that `gpj.exe` would look like `exe.jpg`. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const OF_FOLDERS = /[/\\:]/;
const RESERVED = /[<>"|?*]/;

/**
 * Why a file name cannot be taken, as the end of the sentence "file …", or null when it can.
 * @param allowed media types that the upload may have
 */
export function fileNameFault(name: string, allowed: readonly FileMediaType[]): string | null {
  if (name === '') return 'must have a file name';
  if (name.length > LONGEST_NAME) return `must have a name of at most ${LONGEST_NAME} characters`;
  if (OF_FOLDERS.test(name)) return 'must have a plain name, without folders';
  if (UNSEEN.test(name) || RESERVED.test(name)) return 'must have a name of visible, plain characters';
  if (name.startsWith('.') || mediaTypeOf(name, allowed) === null) return `must be a ${listOf(allowed)} file`;
  return null;
}

/** Which of the media types the name's ending stands for; null for none of them. */
export function mediaTypeOf<Type extends FileMediaType>(name: string, allowed: readonly Type[]): Type | null {
  const ending = /[^.]\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return allowed.find((type) => (ENDINGS[type] as readonly string[]).includes(ending)) ?? null;
}

/** The endings in words: ".png, .jpg or .jpeg". */
function listOf(allowed: readonly FileMediaType[]): string {
  const endings = allowed.flatMap((type) => ENDINGS[type]).map((ending) => `.${ending}`);
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(endings);
}

/** What a browser that guesses types, or PHP, would take for its own. */
const ACTIVE = /<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php)[\s>/]/i;
/** Where viewers look for a PDF's header, though it should be the first thing. */
const PDF_HEADER_WITHIN = 1_024;
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');
const ZIP_END = Buffer.from('504b0506', 'hex');
const ZIP_END_BYTES = 22;
const ZIP_ENTRY = Buffer.from('504b0102', 'hex');
const ZIP_ENTRY_BYTES = 46;
/** Stands right before the last record where an archive's lengths do not fit into it. */
const ZIP64_LOCATOR = Buffer.from('504b0607', 'hex');
const ZIP64_LOCATOR_BYTES = 20;
const GIF_TRAILER = 0x3b;
/** RIFF's name and length, which the length does not count. */
const RIFF_HEADER_BYTES = 8;

/** The parts of a content that show what it is; they overlap in a short one. */
export interface ContentEnds {
  /** The first {@link HEAD_BYTES}. */
  head: Buffer;
  /** The last {@link TAIL_BYTES}. */
  tail: Buffer;
  sizeBytes: number;
}

/**
 * Why a content is not only what it claims to be, as the end of the sentence "file …", or null when nothing is wrong.
 * Finds the files of two formats that matter: a ZIP (or JAR, or office) archive at the end, HTML or PHP in the beginning
 * or at the end of an image or a video, a PDF inside one, anything behind the end of a PNG, GIF, WebP or PDF.
 */
export function contentFault(
  mediaType: FileMediaType,
  { head, tail, sizeBytes }: ContentEnds,
): string | null {
  if (hasArchive(tail, sizeBytes)) return 'must not have an archive attached';
  if (ACTIVE.test(head.toString('latin1', 0, PDF_HEADER_WITHIN))) return 'must not hold a web page';
  if (mediaType === 'application/pdf') {
    return endsPdf(tail) ? null : 'must be a whole PDF file, with nothing behind its end';
  }
  if (ACTIVE.test(head.toString('latin1')) || ACTIVE.test(tail.toString('latin1'))) {
    return 'must not hold a web page';
  }
  if (head.subarray(0, PDF_HEADER_WITHIN).includes('%PDF-')) return 'must not hold a PDF file';
  return endsImage(mediaType, { head, tail, sizeBytes })
    ? null
    : `must be a whole ${mediaType.slice(mediaType.indexOf('/') + 1).toUpperCase()} file, with nothing behind its end`;
}

/** Whether the image ends where its format says. Phones write records of their own behind a JPEG, so that may. */
function endsImage(mediaType: FileMediaType, { head, tail, sizeBytes }: ContentEnds): boolean {
  switch (mediaType) {
    case 'image/png':
      return tail.subarray(-PNG_END.length).equals(PNG_END);
    case 'image/gif':
      return tail.at(-1) === GIF_TRAILER;
    case 'image/webp': {
      const inside = head.length >= RIFF_HEADER_BYTES ? head.readUInt32LE(4) : 0;
      // A chunk of odd length is padded; some writers leave the padding out of the whole.
      return Math.abs(sizeBytes - RIFF_HEADER_BYTES - inside) <= inside % 2;
    }
    default:
      return true;
  }
}

/** Whether a ZIP archive's last record is among the bytes; readers of archives mind little what stands behind it. */
function hasArchive(tail: Buffer, sizeBytes: number): boolean {
  let at = tail.lastIndexOf(ZIP_END, -ZIP_END_BYTES);
  while (at >= 0) {
    const comment = tail.readUInt16LE(at + 20);
    if (at + ZIP_END_BYTES + comment === tail.length || hasEntries(tail, sizeBytes, at)) return true;
    at = at === 0 ? -1 : tail.lastIndexOf(ZIP_END, at - 1);
  }
  return false;
}

/** Whether the list of an archive's files stands before its last record, as that says; it may begin before the tail. */
function hasEntries(tail: Buffer, sizeBytes: number, end: number): boolean {
  const stands = (mark: Buffer, at: number): boolean => tail.subarray(at, at + mark.length).equals(mark);
  if (end >= ZIP64_LOCATOR_BYTES && stands(ZIP64_LOCATOR, end - ZIP64_LOCATOR_BYTES)) return true;
  const [entries, bytes] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12)];
  const list = end - bytes;
  if (list >= 0) return stands(ZIP_ENTRY, list);
  return entries > 0 && bytes >= entries * ZIP_ENTRY_BYTES && list + sizeBytes - tail.length >= 0;
}

/** Whether nothing but white space and NUL stands behind the last `%%EOF`. */
function endsPdf(tail: Buffer): boolean {
  const end = tail.lastIndexOf('%%EOF');
  return end >= 0 && /^[\s\0]*$/.test(tail.toString('latin1', end + '%%EOF'.length));
}
