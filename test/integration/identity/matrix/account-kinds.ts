import { Readable } from 'node:stream';
import { FileStore } from '../../../../src/platform/index.js';
import { AT, type Kind, row } from './kinds.js';
import { personOf } from './people.js';
import { insert, makePartner, next } from './scene.js';

export const document: Kind = {
  make: async ({ app }, { partnerId, userId }) => {
    const id = await insert(app, 'documents', {
      partner_id: partnerId,
      type: 'identity',
      label: 'Passport',
      file_name: 'passport.pdf',
      media_type: 'application/pdf',
      size_bytes: 4,
      state: 'pending',
      uploaded_by: userId,
      uploaded_at: AT,
    });
    await app.app.get(FileStore).put(`documents/${partnerId}/${id}`, Readable.from(['%PDF']));
    return id;
  },
};

export const partnershipRequest: Kind = {
  make: async (scene) =>
    insert(scene.app, 'partner_requests', {
      kind: 'partnership',
      partner_id: await makePartner(scene),
      state: 'pending',
      package_id: scene.packageId,
      title: 'Standard',
      price_minor: 0,
      currency: 'EUR',
      requested_at: AT,
    }),
};

export const addOn: Kind = {
  make: ({ app }) =>
    insert(app, 'add_ons', {
      name: `Add-on ${next()}`,
      price_minor: 0,
      currency: 'EUR',
      limits: {},
      features: {},
      active: true,
      created_at: AT,
    }),
  shared: true,
};

export const addOnRequest: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'partner_requests', {
      kind: 'add_on',
      partner_id: await makePartner(scene),
      state: 'pending',
      subject_id: await addOn.make(scene, tenant, []),
      title: 'Add-on',
      price_minor: 0,
      currency: 'EUR',
      requested_at: AT,
    }),
};

export const ownRequest = row('partner_requests', ({ packageId }, { partnerId }) => ({
  kind: 'partnership',
  partner_id: partnerId,
  // A partner has any number of these, and one pending at most.
  state: 'expired',
  package_id: packageId,
  title: 'Standard',
  price_minor: 0,
  currency: 'EUR',
  requested_at: AT,
  decided_at: AT,
}));

export const socialAccount = row('social_accounts', (_, { partnerId }) => ({
  partner_id: partnerId,
  platform: 'instagram',
  handle: `ann${next()}`,
  state: 'pending',
  code_hash: 'none',
  requested_at: AT,
  created_at: AT,
}));

export const connectedAccount = row('connected_accounts', (_, { partnerId }) => ({
  partner_id: partnerId,
  platform: 'tiktok',
  platform_user_id: `open-id-${next()}`,
  handle: 'ann',
  state: 'disconnected',
  scopes: '{}',
  connected_at: AT,
}));

export const dataExport = row('data_exports', (_, { partnerId, userId }) => ({
  partner_id: partnerId,
  requested_by: userId,
  state: 'failed',
  requested_at: AT,
  finished_at: AT,
}));

export const session = row('sessions', (_, { userId }) => ({
  user_id: userId,
  created_at: AT,
  last_seen_at: AT,
}));

export const user: Kind = {
  make: async ({ app }, { partnerId }) => (await personOf(app, 'partner:manager', partnerId)).userId!,
};

export const sessionOfUser: Kind = {
  make: ({ app }, _tenant, [userId]) =>
    insert(app, 'sessions', { user_id: userId, created_at: AT, last_seen_at: AT }),
};

export const event = row('event_log', (_, { partnerId, userId }) => ({
  partner_id: partnerId,
  // One that is open to everybody of the partner.
  type: 'profile_changed',
  actor_user_id: userId,
  subject_type: 'partner',
  subject_id: partnerId,
  data: { changed: ['website'] },
  occurred_at: AT,
}));

export const auditEntry = row('audit_log', (_, { userId }) => ({
  actor_user_id: userId,
  action: 'brand.change',
  subject_type: 'brand',
  occurred_at: AT,
}));

export const identity = row('user_identities', (_, { userId }) => ({
  user_id: userId,
  provider: 'google',
  issuer: 'https://accounts.example',
  subject: `s-${next()}`,
  email: 'ann@example.com',
  linked_at: AT,
}));
