import { describe, ended } from './event-description.js';

const PLATFORM = { platform: 'text' } as const;
const CONNECTED = { ...PLATFORM, handle: 'personal' } as const;

/** What happens to the accounts that creators signed up with, and to those they connect. */
export const SOCIAL_ACCOUNT_EVENTS = {
  social_account_verification_requested: describe(
    'Verification requested',
    'social_account',
    PLATFORM,
    ({ platform }) => `The verification of an account at ${platform} was requested.`,
  ),
  social_account_verified: describe('Social account verified', 'social_account', PLATFORM, ({ platform }) => {
    return `An account at ${platform} was verified.`;
  }),
  social_account_rejected: describe(
    'Social account rejected',
    'social_account',
    { ...PLATFORM, reason: 'text' },
    ({ platform, reason }) => ended(`An account at ${platform} was not verified`, reason),
  ),
  social_account_connected: describe('Account connected', 'connected_account', CONNECTED, ({ platform }) => {
    return `An account at ${platform} was connected.`;
  }),
  social_account_disconnected: describe(
    'Account disconnected',
    'connected_account',
    CONNECTED,
    ({ platform }) => `An account at ${platform} was disconnected.`,
  ),
  social_account_reconnect_needed: describe(
    'Reconnect needed',
    'connected_account',
    CONNECTED,
    ({ platform }) => `An account at ${platform} can no longer be read: connect it again.`,
  ),
};
