import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import {
  sampleGif,
  sampleJpeg,
  samplePdf,
  samplePng,
  sampleWebp,
  sampleZip,
} from '../../support/sample-files.js';
import { expectNothingStored } from '../../support/stored-files.js';

interface Problem {
  code: string;
  errors: { path: string; message: string }[];
}

const SCRIPT = Buffer.from('<script>alert(1)</script>');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');

let app: TestApp;
let folder: string;
let operator: Person;
let brandId: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-media-'));
  app = await createTestApp({ env: { TRIBUTARY_DATA_DIR: folder } });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ({ brandId } = await makeProgram(operator));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const upload = (content: Buffer, fileName: string) =>
  operator.upload('operator/media/images', { content, fileName, fields: { brandId } });

describe('A04 attacks on uploads of media', () => {
  afterEach(() => expectNothingStored(app, folder, 'SELECT id FROM media WHERE size_bytes IS NOT NULL'));

  it.each([
    ['an SVG with a script', SVG, 'fox.svg', /\.png, \.jpg, \.jpeg, \.gif or \.webp file/],
    ['an SVG called PNG', SVG, 'fox.png', /content that its name says/],
    ['HTML called GIF', Buffer.from('<html><script>x</script></html>'), 'fox.gif', /content that its name/],
    ['a wrong extension', samplePng(300, 250), 'fox.jpg', /content that its name says/],
    ['a wrong extension of a JPEG', sampleJpeg(300, 250), 'fox.webp', /content that its name says/],
    ['two extensions', samplePng(300, 250), 'fox.png.html', /must be a \.png/],
    ['no extension', samplePng(300, 250), 'fox', /must be a \.png/],
    ['another kind of file', samplePdf(), 'fox.pdf', /must be a \.png/],
    ['0 bytes', Buffer.alloc(0), 'fox.png', /must not be empty/],
    ['an HTML5 banner', sampleZip(), 'banner.zip', /HTML5 banner .* kind html/],
    ['an HTML5 banner called PNG', sampleZip(), 'banner.png', /content that its name says/],
    ['a JPEG that is a ZIP too', Buffer.concat([sampleJpeg(9, 9), sampleZip()]), 'fox.jpg', /archive/],
    ['a GIF that is a ZIP too', Buffer.concat([sampleGif(9, 9), sampleZip()]), 'fox.gif', /archive/],
    ['a GIF that is a script too', Buffer.from('GIF89a/*xx*/=1;alert(1)//;'), 'fox.gif', /pixels each way/],
    ['a PNG with a script behind it', Buffer.concat([samplePng(9, 9), SCRIPT]), 'fox.png', /web page/],
    [
      'a WebP with bytes behind it',
      Buffer.concat([sampleWebp(9, 9), samplePng(9, 9)]),
      'fox.webp',
      /whole WEBP/,
    ],
    ['a bomb of 65,500 by 65,500 pixels', samplePng(65_500, 65_500), 'fox.png', /not 65500x65500/],
    ['a bomb as long as a line', sampleWebp(16_000, 1), 'fox.webp', /not 16000x1/],
    ['a bomb of 9,000 by 9,000 pixels', samplePng(9_000, 9_000), 'fox.png', /25000000 in all/],
    ['a PNG without a width', samplePng(0, 250), 'fox.png', /width and a height/],
    ['a JPEG without a picture', sampleJpeg(9, 9).subarray(0, 20), 'fox.jpg', /width and a height|content/],
  ])('%s', async (_what, content, fileName, message) => {
    const { code, errors } = body<Problem>(await upload(content, fileName), 422);
    expect([code, errors[0]?.path]).toEqual(['INVALID_IMAGE', 'file']);
    expect(errors[0]?.message).toMatch(message);
  });

  it('11 MB', async () => {
    const content = Buffer.concat([sampleJpeg(9, 9), Buffer.alloc(11_000_000)]);
    expect(body<Problem>(await upload(content, 'fox.jpg'), 413).code).toBe('FILE_TOO_LARGE');
  });

  it('by people without the permission', async () => {
    const partner = await joinAsPartner(app, operator, 'eve@partners.example');
    const file = { content: samplePng(9, 9), fileName: 'fox.png', fields: { brandId } };
    body(await partner.upload('operator/media/images', file), 403);
  });
});
