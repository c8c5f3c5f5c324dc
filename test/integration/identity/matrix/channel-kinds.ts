import { Ids } from '../../../../src/platform/index.js';
import { AT, type Kind, row } from './kinds.js';
import { insert, next, type Scene, type Tenant } from './scene.js';

export const channel = row('channels', (_, { partnerId }) => ({
  partner_id: partnerId,
  name: 'Tests',
  handle: `channel-${next()}`,
  state: 'active',
  created_at: AT,
  updated_at: AT,
}));

export const endUser = row('end_users', () => {
  const email = `user${next()}@mail.example`;
  return { email, email_key: email, mailbox_hash: email, created_at: AT };
});

export const follower: Kind = {
  make: async (scene, tenant, [channelId]) =>
    insert(scene.app, 'channel_followers', {
      channel_id: channelId,
      end_user_id: await endUser.make(scene, tenant, []),
      external_id: `f-${next()}`,
      followed_at: AT,
    }),
};

const SUBMITTED = { state: 'scheduled', submitted_at: AT, starts_at: '2027-01-01T00:00:00Z' };

async function makeBroadcast(scene: Scene, tenant: Tenant, values: object): Promise<string> {
  return insert(scene.app, 'broadcasts', {
    partner_id: tenant.partnerId,
    channel_id: await channel.make(scene, tenant, []),
    state: 'draft',
    title: 'Autumn',
    engagement_type: 'message',
    subject: 'News',
    body: 'Hello',
    options: [],
    audience: 'followers',
    countries: [],
    languages: [],
    created_by: tenant.userId,
    created_at: AT,
    updated_at: AT,
    total: 0,
    sent: 0,
    skipped: 0,
    failed: 0,
    ...values,
  });
}

export const broadcast: Kind = { make: (scene, tenant) => makeBroadcast(scene, tenant, {}) };

export const submittedBroadcast: Kind = {
  make: (scene, tenant) => makeBroadcast(scene, tenant, SUBMITTED),
};

export const broadcastRequest: Kind = {
  make: async (scene, tenant) => {
    const id = scene.app.app.get(Ids).next();
    const requestId = await insert(scene.app, 'partner_requests', {
      kind: 'broadcast',
      partner_id: tenant.partnerId,
      state: 'pending',
      subject_id: id,
      title: 'Autumn',
      price_minor: 0,
      currency: 'EUR',
      requested_at: AT,
    });
    const asked = { id, state: 'pending', audience: 'end_users', request_id: requestId };
    await makeBroadcast(scene, tenant, { ...SUBMITTED, ...asked });
    return requestId;
  },
};
