import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { body, BrandServer } from '../../support/journey.js';
import { type SinkRequest, type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A program whose brand reports, and a tracker that hears of it: clicks and postbacks are real. */
export class TrackerScene {
  private players = 0;

  private constructor(
    readonly scene: PostbackScene,
    readonly tracker: SinkServer,
    readonly brand: BrandServer,
  ) {}

  /** @param allow further `host:port` pairs that may be called */
  static async open(allow: readonly string[] = []): Promise<TrackerScene> {
    const tracker = await startSinkServer();
    const scene = await PostbackScene.open([tracker.address, ...allow]);
    const made = await scene.operator.post(`operator/brands/${scene.program.brandId}/sync-keys`);
    const { authKey, secret } = body<{ authKey: string; secret: string }>(made, 201);
    return new TrackerScene(scene, tracker, new BrandServer(scene.app, authKey, secret));
  }

  /** Clicks a promo's link with what stands behind its `?`, sent as it is; gives the visit's id. */
  async click(query = '', code = this.scene.autumn.promos[0]!.code, userAgent = BROWSER): Promise<string> {
    const { hostname, port } = new URL(this.scene.app.url);
    const path = `/r/${code}${query && `?${query}`}`;
    const call = request({ hostname, port, path, headers: { 'user-agent': userAgent } }).end();
    const [answer] = (await once(call, 'response')) as [
      NodeJS.ReadableStream & { headers: { location: string } },
    ];
    answer.resume();
    return new URL(answer.headers.location).searchParams.get('tag')!;
  }

  /** Has the brand report a player of the visit; gives its own id of it. */
  async register(tag: string, item: object = {}): Promise<string> {
    this.players += 1;
    const userId = `p-${this.players}`;
    await this.brand.sync('players', {
      players: [{ tag, user_id: userId, sign_up_at: '2026-11-02T08:30:00Z', ...item }],
    });
    return userId;
  }

  /** Has the brand report a deposit. */
  async deposit(userId: string, cents = 5_000, at = '2026-11-02T08:40:00Z'): Promise<void> {
    await this.brand.sync('activity', {
      from: '2026-11-02T08:00:00Z',
      to: '2026-11-02T09:00:00Z',
      items: [
        {
          user_id: userId,
          currency: 'EUR',
          deposits: [{ deposit_id: `d-${userId}`, amount_cents: cents, processed_at: at }],
        },
      ],
    });
  }

  /** Waits until everything that was told is queued, and sends it. */
  async settle(): Promise<void> {
    const waiting = () =>
      this.scene.app.db.query(
        `SELECT FROM pgboss.job WHERE name LIKE 'event.postbacks-%' AND state < 'completed' LIMIT 1`,
      );
    while ((await waiting()).length > 0) await pause(10);
    await this.scene.engine.drain();
  }

  /** What the tracker hears when a visitor of this link registers, for a postback with this path and query. */
  async fired(template: string, linkQuery: string): Promise<SinkRequest> {
    await this.scene.postback(`${this.tracker.url}${template}`, { action: 'registration' });
    const before = this.tracker.requests.length;
    await this.register(await this.click(linkQuery));
    await this.settle();
    await this.scene.clear();
    const requests = this.tracker.requests.slice(before);
    if (requests.length !== 1) throw new Error(`The tracker heard ${requests.length} postbacks`);
    return requests[0]!;
  }

  async close(): Promise<void> {
    await this.scene.close();
    await this.tracker.stop();
  }
}
