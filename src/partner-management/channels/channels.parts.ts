import { ChannelsPersonalData } from './channels-personal-data.js';
import { ChannelsController } from './channels.controller.js';
import { Channels } from './channels.service.js';
import { EndUserBook } from './end-user-book.js';
import { EndUsers } from './end-users.service.js';
import { FollowersController } from './followers.controller.js';
import { Followers } from './followers.service.js';
import { OperatorEndUsersController } from './operator-end-users.controller.js';
import { OptOuts } from './opt-outs.service.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { Unsubscribing } from './unsubscribing.service.js';

/** What the room's module takes of channels, and of those who follow them. */
export const CHANNEL_CONTROLLERS = [
  ChannelsController,
  FollowersController,
  OperatorEndUsersController,
  UnsubscribeController,
];

export const CHANNEL_PROVIDERS = [
  ChannelsPersonalData,
  Channels,
  EndUserBook,
  EndUsers,
  Followers,
  OptOuts,
  UnsubscribeLinks,
  Unsubscribing,
];
