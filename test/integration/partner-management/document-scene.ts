import type { Response } from 'supertest';
import request from 'supertest';
import type { TestApp } from '../../support/app.js';
import { samplePdf } from '../../support/sample-files.js';
import { activePartner, open, type SignedIn } from '../identity/scene.js';

export interface UploadOptions {
  content?: Buffer;
  fileName?: string;
  fields?: Record<string, string>;
}

/** Somebody who is signed in and uploads. */
export interface Uploader extends SignedIn {
  upload(options?: UploadOptions): Promise<Response>;
  /** The same person in a new session: access tokens last five minutes. */
  again(): Promise<Omit<Uploader, 'partnerId'>>;
  partnerId: string;
}

/** An approved partner's owner. */
export async function uploaderOf(app: TestApp, email: string): Promise<Uploader> {
  const partnerId = await activePartner(app, email);
  return { ...(await signedInUploader(app, email)), partnerId };
}

/** Signs in. */
export async function signedInUploader(app: TestApp, email: string): Promise<Omit<Uploader, 'partnerId'>> {
  const session = await open(app, email);
  return {
    ...session,
    again: () => signedInUploader(app, email),
    upload: async ({ content = samplePdf(), fileName = 'passport.pdf', fields = {} } = {}) =>
      request(app.url)
        .post('/api/v1/partner/documents')
        .set('Authorization', `Bearer ${session.accessToken}`)
        .field(fields)
        .attach('file', content, fileName),
  };
}

/** The first operator. */
export const admin = (app: TestApp): Promise<SignedIn> =>
  open(app, 'admin@example.com', { password: 'correct horse battery' });
