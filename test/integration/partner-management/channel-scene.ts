import request, { type Test } from 'supertest';
import { UnsubscribeLinks } from '../../../src/partner-management/channels/unsubscribe-links.js';
import { mailboxHash } from '../../../src/platform/index.js';
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

/** The channel's followers. @param query more of the query, such as `&externalId=f-1` */
export async function followersOf(
  { person, channel }: Pick<ChannelPartner, 'person' | 'channel'>,
  query = '',
): Promise<{ email: string; id: string }[]> {
  return body<{ items: { email: string; id: string }[] }>(
    await person.get(`partner/channels/${channel.id}/followers?limit=200${query}`),
    200,
  ).items;
}

export interface EndUser {
  id: string;
  externalId: string | null;
  unsubscribed: boolean;
  channelsCount: number;
}

/** End users whose address begins so. */
export async function endUsers(operator: Person, email: string): Promise<EndUser[]> {
  return body<{ items: EndUser[] }>(
    await operator.get(`operator/end-users?email=${encodeURIComponent(email)}`),
    200,
  ).items;
}

/** The link of mails of the channel by which the mailbox leaves it. */
export function linkOf({ app }: TestApp, email: string, channelId: string): URL {
  return new URL(app.get(UnsubscribeLinks).make({ mailboxHash: mailboxHash(email), channelId }));
}

/** What a mail program posts by its own button. */
export function oneClick(app: TestApp, link: URL): Test {
  return request(app.url)
    .post(link.pathname + link.search)
    .type('form')
    .send('List-Unsubscribe=One-Click');
}
