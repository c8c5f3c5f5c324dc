import { SchedulerRegistry } from '@nestjs/schedule';
import request, { type Response } from 'supertest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import {
  type SocialAccount,
  type SocialPlatform,
  SocialPlatformsServer,
} from '../../support/social-platforms.js';

export interface Connection {
  id: string;
  platform: SocialPlatform;
  handle: string;
  followers: number | null;
  state: string;
  tokenExpiresAt: string | null;
  socialAccountId: string | null;
}

export const FRONTEND = 'https://app.example.com/accounts';

/** A program whose creators have accounts at the stand-in of the platforms. */
export class SocialScene {
  private creators = 0;

  private constructor(
    readonly app: TestApp,
    readonly platforms: SocialPlatformsServer,
    public operator: Person,
  ) {}

  /** The test says when tokens are renewed and posts collected. */
  static async open(env: Record<string, string> = {}): Promise<SocialScene> {
    const platforms = await SocialPlatformsServer.start();
    const app = await createTestApp({
      env: { ...platforms.env, OIDC_RETURN_URLS: FRONTEND, ...env },
    });
    for (const [name, job] of app.app.get(SchedulerRegistry).getCronJobs()) {
      if (name.startsWith('social.')) void job.stop();
    }
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    return new SocialScene(app, platforms, operator);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.platforms.stop();
  }

  /** A creator that an operator approved. */
  async creator(form: object = {}): Promise<Person> {
    this.creators += 1;
    // The test may have moved the clock on.
    this.operator = await this.operator.signInAgain();
    return joinAsPartner(this.app, this.operator, `creator${this.creators}@example.com`, {
      kind: 'creator',
      ...form,
    });
  }

  /** Begins the way to a platform; gives its address and the browser's cookie. */
  async begin(
    who: Person,
    platform: SocialPlatform,
    more: object = {},
  ): Promise<{ url: string; cookie: string }> {
    const begun = await who.post('partner/social-accounts/connect', { platform, ...more });
    const { authorizationUrl: url } = body<{ authorizationUrl: string }>(begun, 200);
    const [cookie] = begun.headers['set-cookie'] as unknown as string[];
    return { url, cookie: cookie!.split(';')[0]! };
  }

  /** The browser comes back from a platform. */
  async back(platform: SocialPlatform, query: string, cookie: string): Promise<Response> {
    return request(this.app.url)
      .get(`/api/v1/social-accounts/${platform}/callback?${query}`)
      .set('Cookie', cookie)
      .redirects(0);
  }

  /** The whole way, by which a creator connects an account. */
  async connect(who: Person, account: SocialAccount): Promise<Connection> {
    const { url, cookie } = await this.begin(who, account.platform);
    body(await this.back(account.platform, this.platforms.agree(url, account), cookie), 302);
    const handle = account.handle.toLowerCase();
    return (await this.connections(who)).find((one) => one.handle === handle)!;
  }

  async connections(who: Person): Promise<Connection[]> {
    return body<{ connections: Connection[] }>(await who.get('partner/social-accounts'), 200).connections;
  }
}
