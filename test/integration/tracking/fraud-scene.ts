import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD, type Person } from '../../support/journey.js';
import { countryDatabase } from '../../support/mmdb.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type Account, BillingScene, type PlanTermsInput } from '../billing/scene.js';

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** An address in Germany, and one in a data centre. */
export const HOME = '203.0.113.7';
export const SERVER = '198.51.100.7';

/** A signal as the API answers it. */
export interface Signal {
  id: string;
  rule: string;
  state: string;
  playerId: string | null;
  playerExternalId: string | null;
  evidence: Record<string, unknown>;
  comment: string | null;
}

let folders: string[] = [];

/** A program that knows where visitors come from: clicks name their address as a trusted proxy would. */
export class FraudScene {
  private constructor(
    readonly app: TestApp,
    readonly scene: BillingScene,
    readonly account: Account,
  ) {}

  static async open(terms: PlanTermsInput): Promise<FraudScene> {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-fraud-'));
    folders.push(folder);
    await writeFile(join(folder, 'countries.mmdb'), countryDatabase({ '203.0.113.0/24': 'DE' }));
    await writeFile(join(folder, 'datacenters.txt'), '198.51.100.0/24\n');
    const app = await createTestApp({
      env: {
        TRUSTED_PROXIES: '127.0.0.1',
        GEOIP_DATABASE: join(folder, 'countries.mmdb'),
        DATACENTER_RANGES: join(folder, 'datacenters.txt'),
      },
    });
    app.clock.set('2026-10-05T08:00:00Z');
    const scene = await BillingScene.open(app);
    return new FraudScene(app, scene, await scene.account(terms));
  }

  get operator(): Person {
    return this.scene.operator;
  }

  /** Clicks the account's link and gives the visit's id. */
  async click(address: string, userAgent = BROWSER): Promise<string> {
    const [{ code }] = await this.app.db.query<[{ code: string }]>('SELECT code FROM promos WHERE id = $1', [
      this.account.promoIds.at(-1),
    ]);
    const response = await fetch(`${this.app.url}/r/${code}`, {
      redirect: 'manual',
      headers: { 'user-agent': userAgent, 'x-forwarded-for': address },
    });
    return new URL(response.headers.get('location')!).searchParams.get('tag')!;
  }

  /** Reports a player who signed up a minute after now, through a visit, and gives its id once it was looked at. */
  async player(name: string, tag: string, extra: object = {}): Promise<string> {
    const sign_up_at = new Date(this.app.clock.now().getTime() + 60_000).toISOString();
    const player = { user_id: name, tag, sign_up_at, ...extra };
    await this.scene.server.sync('players', { players: [player] });
    await outboxDelivered(this.app);
    const [{ id }] = await this.app.db.query<[{ id: string }]>(
      'SELECT id FROM players WHERE external_id = $1',
      [name],
    );
    return id;
  }

  /** Signs one of the partner's people in from there. */
  async signInFrom(address: string, userAgent: string): Promise<void> {
    const response = await fetch(`${this.app.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        'x-forwarded-for': address,
      },
      body: JSON.stringify({ email: this.scene.partner.email, password: PASSWORD }),
    });
    if (response.status !== 200) throw new Error(await response.text());
  }

  /** Signals as operators see them, the latest first. */
  async signals(query = ''): Promise<Signal[]> {
    const page = await this.operator.get(`operator/fraud-signals?${query}`);
    return body<{ items: Signal[] }>(page, 200).items;
  }

  /** Names of the rules that have found something of the player. */
  async rulesOf(playerId: string): Promise<string[]> {
    return (await this.signals(`playerId=${playerId}`)).map(({ rule }) => rule).sort();
  }

  async close(): Promise<void> {
    await this.app.close();
    for (const folder of folders) await rm(folder, { recursive: true });
    folders = [];
  }
}
