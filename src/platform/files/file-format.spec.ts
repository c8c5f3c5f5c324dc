import { describe, expect, it } from 'vitest';
import {
  SAMPLE_JPEG,
  SAMPLE_PNG,
  sampleGif,
  samplePdf,
  sampleWebp,
  sampleZip,
} from '../../../test/support/sample-files.js';
import {
  contentFault,
  type FileMediaType,
  fileNameFault,
  HEAD_BYTES,
  mediaTypeOf,
  TAIL_BYTES,
} from './file-format.js';

const DOCUMENTS = ['application/pdf', 'image/png', 'image/jpeg'] as const;

const faultOf = (mediaType: FileMediaType, content: Buffer) =>
  contentFault(mediaType, {
    head: content.subarray(0, HEAD_BYTES),
    tail: content.subarray(-TAIL_BYTES),
    sizeBytes: content.length,
  });

const PDF = samplePdf();
const SCRIPT = Buffer.from('<script>alert(1)</script>');

describe('A25 A04 an upload’s file name', () => {
  it.each([
    ['passport.pdf', 'application/pdf'],
    ['Passport 2026.10 (both pages).PDF', 'application/pdf'],
    ['Ausweis – Rückseite.jpg', 'image/jpeg'],
    ['身份证.JPEG', 'image/jpeg'],
    ['a.b.c.png', 'image/png'],
  ])('%s is taken', (name, mediaType) => {
    expect(fileNameFault(name, DOCUMENTS)).toBeNull();
    expect(mediaTypeOf(name, DOCUMENTS)).toBe(mediaType);
  });

  it.each([
    [''],
    ['passport'],
    ['.pdf'],
    ['..pdf'],
    ['.hidden.pdf'],
    ['passport.pdf.html'],
    ['passport.pdf.'],
    ['passport.pdf '],
    ['passport.html'],
    ['passport.svg'],
    ['passport.pdfx'],
    ['../passport.pdf'],
    ['/etc/passport.pdf'],
    ['..\\passport.pdf'],
    ['C:\\passport.pdf'],
    ['C:passport.pdf'],
    ['passport.html:.pdf'],
    ['pass\0port.pdf'],
    ['passport.exe\0.pdf'],
    ['pass\r\nSet-Cookie: a=b.pdf'],
    ['fdp\u202efdp.exe.pdf'],
    ['zero\u200bwidth.pdf'],
    ['half \ud800.pdf'],
    ['"quoted".pdf'],
    ['<img>.pdf'],
    [`${'a'.repeat(197)}.pdf`],
  ])('%j is refused', (name) => {
    expect(fileNameFault(name, DOCUMENTS)).toMatch(/^must have a |^must be a /);
  });
});

describe('A25 A04 an upload’s content', () => {
  it.each([
    ['application/pdf', PDF],
    ['application/pdf', samplePdf(200_000)],
    ['application/pdf', Buffer.concat([PDF, Buffer.from('\r\n\0\0')])],
    ['application/pdf', Buffer.concat([PDF, PDF])],
    ['application/pdf', Buffer.concat([PDF.subarray(0, 20), sampleZip(), PDF])],
    ['image/png', SAMPLE_PNG],
    ['image/jpeg', SAMPLE_JPEG],
    ['image/gif', sampleGif(300, 250)],
    ['image/webp', sampleWebp(300, 250)],
    // Phones write their own records behind the picture.
    ['image/jpeg', Buffer.concat([SAMPLE_JPEG, Buffer.from('SEFT of a phone')])],
  ] as const)('whole %s is taken (%#)', (mediaType, content) => {
    expect(faultOf(mediaType, content)).toBeNull();
  });

  it.each([
    ['a ZIP behind a PDF', 'application/pdf', Buffer.concat([PDF, sampleZip()]), 'archive'],
    [
      'a PDF’s end as the ZIP’s comment',
      'application/pdf',
      Buffer.concat([PDF, sampleZip('%%EOF')]),
      'archive',
    ],
    ['a JAR behind a PNG', 'image/png', Buffer.concat([SAMPLE_PNG, sampleZip()]), 'archive'],
    [
      'a JAR behind a JPEG',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG, sampleZip('x'.repeat(65_535))]),
      'archive',
    ],
    [
      'a ZIP behind another end',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG, sampleZip(), sampleZip()]),
      'archive',
    ],
    [
      'a PDF’s end behind a ZIP',
      'application/pdf',
      Buffer.concat([PDF, sampleZip('', ['evil.txt']), Buffer.from('%%EOF')]),
      'archive',
    ],
    [
      'a blank behind a ZIP',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG, sampleZip('', ['evil.txt']), Buffer.from('\n')]),
      'archive',
    ],
    [
      'much behind a ZIP of many files',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG, sampleZip('', Array<string>(2_000).fill('evil.txt')), Buffer.alloc(9)]),
      'archive',
    ],
    [
      'HTML in a PDF’s beginning',
      'application/pdf',
      Buffer.concat([Buffer.from('%PDF-1.4\n<html>'), PDF]),
      'web page',
    ],
    ['HTML behind a PDF', 'application/pdf', Buffer.concat([samplePdf(2_000), SCRIPT]), 'whole PDF'],
    ['half a PDF', 'application/pdf', PDF.subarray(0, -10), 'whole PDF'],
    [
      'a script in a JPEG’s comment',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG.subarray(0, 20), SCRIPT]),
      'web page',
    ],
    [
      'PHP behind a JPEG',
      'image/jpeg',
      Buffer.concat([SAMPLE_JPEG, Buffer.from('<?PHP system($x)')]),
      'web page',
    ],
    ['a PDF in a JPEG', 'image/jpeg', Buffer.concat([SAMPLE_JPEG.subarray(0, 20), PDF]), 'PDF'],
    ['something behind a PNG', 'image/png', Buffer.concat([SAMPLE_PNG, Buffer.from('more')]), 'whole PNG'],
    ['half a PNG', 'image/png', SAMPLE_PNG.subarray(0, -1), 'whole PNG'],
    ['half a GIF', 'image/gif', sampleGif(1, 1).subarray(0, -1), 'whole GIF'],
    ['a ZIP behind a GIF', 'image/gif', Buffer.concat([sampleGif(1, 1), sampleZip()]), 'archive'],
    [
      'something behind a GIF',
      'image/gif',
      Buffer.concat([sampleGif(1, 1), Buffer.from('x=1')]),
      'whole GIF',
    ],
    ['half a WebP', 'image/webp', sampleWebp(1, 1).subarray(0, -2), 'whole WEBP'],
    [
      'something behind a WebP',
      'image/webp',
      Buffer.concat([sampleWebp(1, 1), Buffer.from('x=1')]),
      'whole WEBP',
    ],
  ] as const)('%s is refused', (_what, mediaType, content, fault) => {
    expect(faultOf(mediaType, content)).toContain(fault);
  });
});
