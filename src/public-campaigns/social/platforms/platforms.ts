import { Injectable } from '@nestjs/common';
import type { SocialPlatformName } from '../../../platform/index.js';
import { platformNotConfigured } from '../social.errors.js';
import { InstagramClient } from './instagram.client.js';
import type { PlatformClient } from './platform-client.js';
import { TiktokClient } from './tiktok.client.js';
import { YoutubeClient } from './youtube.client.js';

/** The platforms that accounts are connected at. */
@Injectable()
export class Platforms {
  private readonly clients: Readonly<Record<SocialPlatformName, PlatformClient>>;

  constructor(instagram: InstagramClient, youtube: YoutubeClient, tiktok: TiktokClient) {
    this.clients = { instagram, youtube, tiktok };
  }

  /** A platform where the program has an application. @throws DomainError PLATFORM_NOT_CONFIGURED (422) */
  get(platform: SocialPlatformName): PlatformClient {
    const client = this.clients[platform];
    if (!client.configured) throw platformNotConfigured(platform);
    return client;
  }

  /** Names of those where it has one. */
  configured(): SocialPlatformName[] {
    return Object.values(this.clients)
      .filter((client) => client.configured)
      .map((client) => client.platform);
  }
}
