import { describe, expect, it } from 'vitest';
import { SAMPLE_JPEG, SAMPLE_PNG, samplePdf, sampleZip } from '../../../test/support/sample-files.js';
import {
  contentFault,
  type DocumentMediaType,
  fileNameFault,
  HEAD_BYTES,
  mediaTypeOf,
  TAIL_BYTES,
} from './document-file.js';

const faultOf = (mediaType: DocumentMediaType, content: Buffer) =>
  contentFault(mediaType, content.subarray(0, HEAD_BYTES), content.subarray(-TAIL_BYTES));

const PDF = samplePdf();
const SCRIPT = Buffer.from('<script>alert(1)</script>');

describe('A25 a document’s file name', () => {
  it.each([
    ['passport.pdf', 'application/pdf'],
    ['Passport 2026.10 (both pages).PDF', 'application/pdf'],
    ['Ausweis – Rückseite.jpg', 'image/jpeg'],
    ['身份证.JPEG', 'image/jpeg'],
    ['a.b.c.png', 'image/png'],
  ])('%s is taken', (name, mediaType) => {
    expect(fileNameFault(name)).toBeNull();
    expect(mediaTypeOf(name)).toBe(mediaType);
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
    expect(fileNameFault(name)).toMatch(/^must have a |^must be a /);
  });
});

describe('A25 a document’s content', () => {
  it.each([
    ['application/pdf', PDF],
    ['application/pdf', samplePdf(200_000)],
    ['application/pdf', Buffer.concat([PDF, Buffer.from('\r\n\0\0')])],
    ['application/pdf', Buffer.concat([PDF, PDF])],
    ['application/pdf', Buffer.concat([PDF.subarray(0, 20), sampleZip(), PDF])],
    ['image/png', SAMPLE_PNG],
    ['image/jpeg', SAMPLE_JPEG],
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
  ] as const)('%s is refused', (_what, mediaType, content, fault) => {
    expect(faultOf(mediaType, content)).toContain(fault);
  });
});
