import { crc32, deflateSync } from 'node:zlib';

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

/** A whole ZIP archive, whose comment is that text, of empty files with those names. */
export function sampleZip(comment = '', names: readonly string[] = []): Buffer {
  const files = names.map((name) => {
    const [file, entry] = [Buffer.alloc(30), Buffer.alloc(46)];
    file.write('PK\x03\x04', 'latin1');
    file.writeUInt16LE(name.length, 26);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(name.length, 28);
    return [Buffer.concat([file, Buffer.from(name)]), Buffer.concat([entry, Buffer.from(name)])] as const;
  });
  const list = Buffer.concat(files.map(([, entry]) => entry));
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...files.map(([file]) => file), list, end, Buffer.from(comment, 'latin1')]);
}

/** A whole PNG file that says it has so many pixels; its picture is empty. */
export function samplePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(0))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A whole GIF file of that size, with an empty picture. */
export function sampleGif(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from('0000003b', 'hex')]);
}

/** A whole lossless WebP file of that size, with an empty picture. */
export function sampleWebp(width: number, height: number): Buffer {
  const picture = Buffer.alloc(10);
  picture.writeUInt8(0x2f, 0);
  picture.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  const chunk = Buffer.concat([Buffer.from('WEBPVP8L'), lengthOf(picture), picture]);
  return Buffer.concat([Buffer.from('RIFF'), lengthOf(chunk), chunk]);
}

/** The frame of a JPEG file of that size, without a picture. */
export function sampleJpeg(width: number, height: number): Buffer {
  const frame = Buffer.from('ffc0000b080000000001011100', 'hex');
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([SAMPLE_JPEG.subarray(0, -2), frame, SAMPLE_JPEG.subarray(-2)]);
}

function lengthOf(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length, 0);
  return length;
}
