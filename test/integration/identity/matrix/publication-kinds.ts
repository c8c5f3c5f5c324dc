import { Readable } from 'node:stream';
import { FileStore } from '../../../../src/platform/index.js';
import { AT, type Kind } from './kinds.js';
import { offer } from './offer-kinds.js';
import { insert } from './scene.js';

/** A publication of the tenant's partner for the tenant's brand, which waits for its confirmation. */
export const publication: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'publications', {
      offer_id: await offer.make(scene, tenant, []),
      brand_id: tenant.brandId,
      partner_id: tenant.partnerId,
      platform: 'instagram',
      step: 'review_of_publication',
      step_at: AT,
      declines: 0,
      currency: 'EUR',
      created_at: AT,
    }),
};

/** A file that was handed in with the publication. */
export const publicationFile: Kind = {
  make: async ({ app }, { partnerId, userId }, [publicationId]) => {
    const submitted = { publication_id: publicationId, partner_id: partnerId };
    const submissionId = await insert(app, 'publication_submissions', {
      ...submitted,
      kind: 'evidence',
      version: 1,
      links: ['https://www.instagram.com/reel/abc/'],
      submitted_by: userId,
      submitted_at: AT,
    });
    const id = await insert(app, 'publication_files', {
      ...submitted,
      submission_id: submissionId,
      file_name: 'post.pdf',
      media_type: 'application/pdf',
      size_bytes: 4,
      uploaded_by: userId,
      uploaded_at: AT,
    });
    await app.app.get(FileStore).put(`publications/${publicationId}/${id}`, Readable.from(['%PDF']));
    return id;
  },
};
