import type { TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person } from '../../support/journey.js';

export interface Channel {
  id: string;
  name: string;
  handle: string;
  state: string;
  followersCount: number;
}

export interface Imported {
  added: number;
  updated: number;
  unchanged: number;
  rejected: number;
  items: { index: number; code: string; message: string }[];
}

let number = 0;

/** A channel partner with a channel of its own. */
export interface ChannelPartner {
  person: Person;
  partnerId: string;
  channel: Channel;
}

/** Signs a channel partner up, and makes its channel. */
export async function channelPartner(app: TestApp, operator: Person): Promise<ChannelPartner> {
  number += 1;
  const person = await joinAsPartner(app, operator, `channel${number}@partners.example`, { kind: 'channel' });
  const { partnerId } = body<{ partnerId: string }>(await person.get('me'), 200);
  return { person, partnerId, channel: await makeChannel(person) };
}

export async function makeChannel(person: Person): Promise<Channel> {
  number += 1;
  const given = { name: `Channel ${number}`, handle: `channel-${number}` };
  return body<Channel>(await person.post('partner/channels', given), 201);
}

/** People `first` to `last` of the partner, by the addresses `prefix1@mail.example`, … */
export function people(first: number, last: number, prefix = 'p', more: object = {}): object[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    externalId: `${prefix}-${first + index}`,
    email: `${prefix}${first + index}@mail.example`,
    name: `Person ${first + index}`,
    ...more,
  }));
}

export async function follow(
  { person, channel }: Pick<ChannelPartner, 'person' | 'channel'>,
  items: readonly object[],
): Promise<Imported> {
  return body<Imported>(await person.post(`partner/channels/${channel.id}/followers`, { items }), 200);
}
