import { describe } from './event-description.js';

const HANDLE = { handle: 'text' } as const;

/** What happens to a partner's channels and those who follow them. */
export const CHANNEL_EVENTS = {
  channel_added: describe(
    'Channel added',
    'channel',
    HANDLE,
    ({ handle }) => `The channel ${handle} was added.`,
  ),
  channel_changed: describe(
    'Channel changed',
    'channel',
    { ...HANDLE, changed: 'names' },
    ({ handle, changed }) => `The channel ${handle} was changed: ${changed.join(', ')}.`,
  ),
  channel_archived: describe('Channel archived', 'channel', HANDLE, ({ handle }) => {
    return `The channel ${handle} was archived.`;
  }),
  channel_unarchived: describe('Channel unarchived', 'channel', HANDLE, ({ handle }) => {
    return `The channel ${handle} was taken back from the archive.`;
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
