import { BroadcastsJob } from '../../../src/partner-management/broadcasts/broadcasts.job.js';
import type { TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import type { ChannelPartner } from './channel-scene.js';

export interface Broadcast {
  id: string;
  state: string;
  requestId: string | null;
  endReason: string | null;
  startAt: string | null;
  progress: { total: number; sent: number; skipped: number; failed: number };
}

/** What a draft says unless a test says something else. */
export const MESSAGE = {
  title: 'Autumn',
  engagementType: 'message',
  subject: 'News for ${name}',
  body: 'Hello ${name},\n\nnews of ${channel}.',
  audience: 'followers',
};

export async function draft({ person, channel }: ChannelPartner, more: object = {}): Promise<Broadcast> {
  return body<Broadcast>(
    await person.post('partner/broadcasts', { ...MESSAGE, channelId: channel.id, ...more }),
    201,
  );
}

export async function submit({ person }: ChannelPartner, { id }: { id: string }): Promise<Broadcast> {
  return body<Broadcast>(await person.post(`partner/broadcasts/${id}/submit`), 200);
}

export async function shown(person: Person, { id }: { id: string }): Promise<Broadcast> {
  return body<Broadcast>(await person.get(`partner/broadcasts/${id}`), 200);
}

/** Works off whatever is due, as the worker does. */
export function runBroadcasts({ app }: TestApp): Promise<void> {
  return app.get(BroadcastsJob).runDue();
}

/** How many mails each address of the broadcast's channel has got. */
export async function mailsByAddress({ db }: TestApp, like: string): Promise<Record<string, number>> {
  const rows = await db.query<{ recipient: string; count: number }[]>(
    'SELECT recipient, count(*)::int AS count FROM mailbox WHERE recipient LIKE $1 GROUP BY 1 ORDER BY 1',
    [like],
  );
  return Object.fromEntries(rows.map(({ recipient, count }) => [recipient, count]));
}

/** A time so many seconds from now; access tokens last five minutes. */
export function inSeconds({ clock }: TestApp, seconds: number): string {
  return new Date(clock.now().getTime() + seconds * 1_000).toISOString();
}
