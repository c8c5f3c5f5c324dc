import { AT, type Kind, row } from './kinds.js';
import { insert, next } from './scene.js';

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
