import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import request, { type Response } from 'supertest';
import { request as stream } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { SAMPLE_JPEG, SAMPLE_PNG, samplePdf, sampleZip } from '../../support/sample-files.js';
import { expectNothingStored, filesStored } from '../../support/stored-files.js';
import { Caller, codeOf } from '../identity/scene.js';
import { type Uploader, uploaderOf } from './document-scene.js';

const MIB = 1024 * 1024;
const BOUNDARY = 'the-boundary';

let app: TestApp;
let folder: string;
let partner: Uploader;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-documents-'));
  app = await createTestApp({ env: { TRIBUTARY_DATA_DIR: folder } });
  partner = await uploaderOf(app, 'ann@example.com');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const expectNothingLeft = () => expectNothingStored(app, folder, 'SELECT id FROM documents');

/** Code of the refusal and the fields that it names. */
function refusalOf(answer: Response): string {
  const { errors = [] } = answer.body as { errors?: { path: string }[] };
  return [codeOf(answer), ...errors.map(({ path }) => path)].join(' ');
}

/** A multipart body as a client of one's own would write it. */
async function* raw(parts: { name: string; fileName?: string; content: Buffer | string }[], whole = true) {
  for (const { name, fileName, content } of parts) {
    const file =
      fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`;
    yield Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; at += 64 * 1024) {
      yield bytes.subarray(at, at + 64 * 1024);
      await nextTurn();
    }
    yield Buffer.from('\r\n');
  }
  if (whole) yield Buffer.from(`--${BOUNDARY}--\r\n`);
}

const headers = () => ({
  authorization: `Bearer ${partner.accessToken}`,
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
});

/** Sends a body in chunks, without saying how long it is. */
async function send(content: AsyncIterable<Buffer>): Promise<Response> {
  const answer = await stream(`${app.url}/api/v1/partner/documents`, {
    method: 'POST',
    headers: headers(),
    body: content as never,
  });
  return { status: answer.statusCode, body: await answer.body.json() } as Response;
}

const file = (content: Buffer | string, fileName = 'passport.pdf') => ({ name: 'file', fileName, content });

describe('A25 attacks on uploads', () => {
  afterEach(expectNothingLeft);

  it.each([
    ['../../../etc/passport.pdf'],
    ['..\\\\..\\\\passport.pdf'],
    ['/etc/passport.pdf'],
    ['passport.pdf.html'],
    ['passport.html'],
    ['passport'],
    ['.pdf'],
    ['passport.exe\u202e.pdf'],
  ])('a file named %j', async (fileName) => {
    expect(refusalOf(await send(raw([file(samplePdf(), fileName)])))).toBe('422 INVALID_DOCUMENT file');
  });

  it.each([
    ['0 bytes', Buffer.alloc(0), 'passport.pdf'],
    ['a PNG as PDF', SAMPLE_PNG, 'passport.pdf'],
    ['a PDF as PNG', samplePdf(), 'passport.png'],
    ['a JPEG as PNG', SAMPLE_JPEG, 'passport.png'],
    ['HTML as PDF', Buffer.from('<html><script>alert(1)</script></html>'), 'passport.pdf'],
    ['a long text as PDF', Buffer.alloc(3 * MIB, 'text'), 'passport.pdf'],
    ['an SVG as PNG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'x.png'],
    ['a program as JPEG', Buffer.from('MZ\x90\0', 'latin1'), 'photo.jpg'],
    ['a PDF that is a ZIP too', Buffer.concat([samplePdf(9_000), sampleZip()]), 'passport.pdf'],
    ['a PDF with a page of HTML', Buffer.from('%PDF-1.4\n<html><script>x</script>\n%%EOF'), 'passport.pdf'],
    ['a JPEG that is a ZIP too', Buffer.concat([SAMPLE_JPEG, sampleZip('x')]), 'photo.jpg'],
    ['a PNG with a script behind it', Buffer.concat([SAMPLE_PNG, Buffer.from('<script>x')]), 'photo.png'],
    ['half a PDF', samplePdf(100_000).subarray(0, 50_000), 'passport.pdf'],
  ])('%s', async (_what, content, fileName) => {
    const answer = await partner.upload({ content, fileName });
    expect(refusalOf(answer)).toBe('422 INVALID_DOCUMENT file');
    expect((answer.body as { errors: object[] }).errors).toMatchObject([
      { message: expect.stringMatching(/^must /) },
    ]);
  });

  it('11 MB, with and without saying so beforehand', async () => {
    const content = samplePdf(11_000_000);
    expect(refusalOf(await partner.upload({ content }))).toBe('413 FILE_TOO_LARGE file');
    expect(refusalOf(await send(raw([file(content)])))).toBe('413 FILE_TOO_LARGE file');
    expect(refusalOf(await send(raw([file(samplePdf(10 * MIB + 1))])))).toBe('413 FILE_TOO_LARGE file');
  });

  it.each([
    ['no file', [{ name: 'label', content: 'x' }], '400 MALFORMED_UPLOAD file'],
    ['nothing', [], '400 MALFORMED_UPLOAD file'],
    ['a file without a name', [{ name: 'file', content: 'x' }], '400 MALFORMED_UPLOAD file'],
    ['two files', [file(samplePdf()), file(samplePdf())], '400 MALFORMED_UPLOAD file'],
    ['a file under another name', [{ ...file(samplePdf()), name: 'photo' }], '400 MALFORMED_UPLOAD photo'],
    ['a state', [file(samplePdf()), { name: 'state', content: 'approved' }], '400 VALIDATION_FAILED state'],
    [
      'a partner',
      [{ name: 'partnerId', content: 'x' }, file(samplePdf())],
      '400 VALIDATION_FAILED partnerId',
    ],
    ['a wrong type', [file(samplePdf()), { name: 'type', content: 'x' }], '400 VALIDATION_FAILED type'],
    ['a blank label', [file(samplePdf()), { name: 'label', content: ' ' }], '400 VALIDATION_FAILED label'],
    [
      'a long label',
      [{ name: 'label', content: 'x'.repeat(201) }, file(samplePdf())],
      '400 VALIDATION_FAILED label',
    ],
    [
      'a huge label',
      [{ name: 'label', content: 'x'.repeat(9_000) }, file(samplePdf())],
      '400 MALFORMED_UPLOAD label',
    ],
    [
      'NUL in the label',
      [file(samplePdf()), { name: 'label', content: 'a\0b' }],
      '400 VALIDATION_FAILED label',
    ],
    [
      'two labels',
      [
        { name: 'label', content: 'a' },
        { name: 'label', content: 'b' },
      ],
      '400 MALFORMED_UPLOAD label',
    ],
    ['a prototype', [file(samplePdf()), { name: '__proto__', content: 'x' }], '400 MALFORMED_UPLOAD body'],
    ['a constructor', [{ ...file(samplePdf()), name: 'constructor' }], '400 MALFORMED_UPLOAD body'],
    [
      'too many fields',
      Array.from({ length: 40 }, (_, index) => ({ name: `f${index}`, content: 'x' })),
      '400 MALFORMED_UPLOAD body',
    ],
  ])('%s', async (_what, parts, refusal) => {
    expect(refusalOf(await send(raw(parts)))).toBe(refusal);
  });

  it('bodies that are not multipart, or not whole', async () => {
    expect(refusalOf(await partner.as.post('partner/documents', { file: 'x' }))).toBe(
      '415 UNSUPPORTED_MEDIA_TYPE body',
    );
    expect(refusalOf(await partner.as.send('post', 'partner/documents'))).toBe(
      '415 UNSUPPORTED_MEDIA_TYPE body',
    );
    expect(refusalOf(await send(raw([file(samplePdf())], false)))).toBe('400 MALFORMED_UPLOAD body');
    const broken = (type: string, content: string) =>
      request(app.url)
        .post('/api/v1/partner/documents')
        .set({ ...headers(), 'content-type': type })
        .send(content);
    expect(refusalOf(await broken('multipart/form-data', 'x'))).toBe('400 MALFORMED_UPLOAD body');
    expect(refusalOf(await broken('multipart/form-data; boundary=x', 'no boundary at all'))).toBe(
      '400 MALFORMED_UPLOAD body',
    );
  });

  it('on routes that take none: 415 as ever', async () => {
    const answer = await request(app.url)
      .post('/api/v1/auth/login')
      .field('email', 'ann@example.com')
      .attach('file', samplePdf(), 'x.pdf');
    expect(refusalOf(answer)).toBe('415 UNSUPPORTED_MEDIA_TYPE body');
    expect(codeOf(await request(app.url).post('/api/v1/nowhere').field('a', 'b'))).toBe('404 NOT_FOUND');
    for (const type of ['application/xml', 'text/plain', 'text/plain;charset=UTF-8']) {
      const login = request(app.url).post('/api/v1/auth/login').set('content-type', type);
      expect(codeOf(await login.send('{"email":"ann@example.com","password":"x"}'))).toBe(
        '415 UNSUPPORTED_MEDIA_TYPE',
      );
    }
  });

  it('by people without the permission', async () => {
    expect(codeOf(await new Caller(app).post('partner/documents'))).toBe('401 UNAUTHENTICATED');
    for (const role of ['manager', 'analyst']) {
      await app.db.query('UPDATE memberships SET role = $2 WHERE partner_id = $1', [partner.partnerId, role]);
      expect(codeOf(await partner.upload())).toBe('403 PERMISSION_DENIED');
      expect(codeOf(await partner.as.get('partner/documents'))).toBe('403 PERMISSION_DENIED');
    }
    await app.db.query(`UPDATE memberships SET role = 'owner' WHERE partner_id = $1`, [partner.partnerId]);
  });

  it('a client that hangs up in the middle', async () => {
    const upload = httpRequest(`${app.url}/api/v1/partner/documents`, { method: 'POST', headers: headers() });
    upload.on('error', () => undefined);
    for await (const chunk of raw([file(samplePdf(3 * MIB))], false)) {
      if (!upload.write(chunk)) await once(upload, 'drain');
    }
    await expect.poll(() => filesStored(folder), { timeout: 10_000 }).toBe(1);
    upload.destroy();
    await expectNothingLeft();
    expect((await app.db.query<object[]>('SELECT id FROM documents')).length).toBe(0);
  });
});

describe('A25 uploads', () => {
  afterAll(async () => {
    await app.db.query('DELETE FROM documents');
  });

  it('of exactly 10 MiB are taken, 12 at once, in little memory', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const content = samplePdf(10 * MIB);
    let most = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const chunk of raw([file(content)])) {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        yield chunk;
      }
    }
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(watched())));
    for (const answer of answers) expect(body(answer, 201)).toMatchObject({ sizeBytes: 10 * MIB });
    // The content itself is held once, by the test.
    expect(most - before - content.length).toBeLessThan(60 * MIB);
  });
});
