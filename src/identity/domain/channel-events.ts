import { describe, ended } from './event-description.js';

/** Under which name a partner publishes goes with its other data. */
const HANDLE = { handle: 'personal' } as const;

/** What happens to a partner's channels and those who follow them. */
export const CHANNEL_EVENTS = {
  channel_added: describe('Channel added', 'channel', HANDLE, () => 'A channel was added.'),
  channel_changed: describe('Channel changed', 'channel', { ...HANDLE, changed: 'names' }, ({ changed }) => {
    return `A channel was changed: ${changed.join(', ')}.`;
  }),
  channel_archived: describe('Channel archived', 'channel', HANDLE, () => 'A channel was archived.'),
  channel_unarchived: describe('Channel unarchived', 'channel', HANDLE, () => {
    return 'A channel was taken back from the archive.';
  }),
  channel_followers_imported: describe(
    'Followers imported',
    'channel',
    { added: 'text', updated: 'text' },
    ({ added, updated }) => `Followers of a channel were imported: ${added} added, ${updated} changed.`,
  ),
  channel_followers_removed: describe('Followers removed', 'channel', { removed: 'text' }, ({ removed }) => {
    return `Followers were taken off a channel: ${removed}.`;
  }),
};

/** What happens to a partner's broadcasts. */
export const BROADCAST_EVENTS = {
  broadcast_scheduled: describe('Broadcast scheduled', 'broadcast', { startsAt: 'text' }, ({ startsAt }) => {
    return `A broadcast was scheduled; it starts at ${startsAt}.`;
  }),
  broadcast_started: describe('Broadcast started', 'broadcast', { recipients: 'text' }, ({ recipients }) => {
    return `A broadcast has started; it goes to ${recipients} people.`;
  }),
  broadcast_paused: describe('Broadcast paused', 'broadcast', {}, () => 'A broadcast was paused.'),
  broadcast_resumed: describe('Broadcast resumed', 'broadcast', {}, () => 'A broadcast was resumed.'),
  broadcast_sent: describe(
    'Broadcast sent',
    'broadcast',
    { sent: 'text', skipped: 'text' },
    ({ sent, skipped }) => `A broadcast was sent to ${sent} people; ${skipped} had left meanwhile.`,
  ),
  broadcast_cancelled: describe('Broadcast cancelled', 'broadcast', { reason: 'text' }, ({ reason }) => {
    return ended('A broadcast was cancelled', reason);
  }),
};
