/** A whole PDF file of one empty page, padded inside to `sizeBytes` when that is more. */
export function samplePdf(sizeBytes = 0): Buffer {
  const head =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n';
  const end = 'trailer<</Root 1 0 R>>\n%%EOF\n';
  const padding = Buffer.alloc(Math.max(0, sizeBytes - head.length - end.length), '%');
  return Buffer.concat([Buffer.from(head), padding, Buffer.from(end)]);
}

/** A whole PNG file of one pixel. */
export const SAMPLE_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

/** The frame of a JPEG file, without a picture. */
export const SAMPLE_JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

/** A whole ZIP archive without entries, whose comment is that text. */
export function sampleZip(comment = ''): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment, 'latin1')]);
}
