import { Injectable } from '@nestjs/common';
import { Clock, Config, Timed, type Tx, UnitOfWork, uuidV7Floor, uuidV7Time } from '../../platform/index.js';
import { CLICK_FLOOD, FLOOD_CLICKS } from './domain/rules.js';
import { placeOf } from './domain/place.js';
import { FraudBook } from './fraud-book.js';

const HOUR_MS = 3_600_000;
/** Clicks are in the database so long after their time at the latest. */
const SETTLED_MS = 60_000;
/** After a longer pause the hours before are not made up for. */
const LONGEST_PAUSE_MS = 7 * 24 * HOUR_MS;
/** One hour's worst floods; more are of one attack, which these show. */
const MOST_AT_ONCE = 1_000;

interface FloodRow {
  brandId: string;
  partnerId: string;
  campaignId: string;
  promoId: string;
  address: string;
  clicks: number;
  bots: number;
}

/** Looks through the visits of every hour that is over for floods of clicks (B07), each once. */
@Injectable()
export class ClickFloods {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly book: FraudBook,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** May run on several instances at once: an hour is looked at by the one that holds the row of the scan. */
  @Timed('2 * * * *', { name: 'tracking.click-floods' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    const settled = this.clock.now().getTime() - SETTLED_MS;
    const until = new Date(Math.floor(settled / HOUR_MS) * HOUR_MS);
    while (await this.unitOfWork.run((tx) => this.scanNextHour(tx, until)));
  }

  /** Looks at the next hour before `until`; false when there is none left. */
  private async scanNextHour(tx: Tx, until: Date): Promise<boolean> {
    const [mark] = await tx.query<{ seen: string }[]>(
      `SELECT seen_up_to AS seen FROM visit_passes WHERE name = 'click_floods' FOR UPDATE`,
    );
    const seen = uuidV7Time(mark!.seen).getTime();
    const hour = new Date(Math.max(seen, until.getTime() - LONGEST_PAUSE_MS));
    if (hour >= until) return false;
    const next = new Date(hour.getTime() + HOUR_MS);
    await this.raise(tx, hour, await floodsIn(tx, hour, next));
    await tx.query(`UPDATE visit_passes SET seen_up_to = $1 WHERE name = 'click_floods'`, [
      uuidV7Floor(next),
    ]);
    return true;
  }

  private async raise(tx: Tx, hour: Date, floods: readonly FloodRow[]): Promise<void> {
    const telling = floods.filter(({ address }) => placeOf(address) !== null);
    await this.book.raise(
      tx,
      telling.map(({ address, clicks, bots, ...owner }) => ({
        ...owner,
        rule: CLICK_FLOOD,
        playerId: null,
        orderId: null,
        fingerprint: `${address} ${hour.toISOString()}`,
        evidence: { address, hour, clicks, bots },
        occurredAt: hour,
      })),
    );
  }
}

/** The address, of IPv6 the /64: one household or server has all of it. */
const LINE = 'CASE family(ip) WHEN 6 THEN host(network(set_masklen(ip, 64))) ELSE host(ip) END';

async function floodsIn(tx: Tx, from: Date, before: Date): Promise<FloodRow[]> {
  return tx.query<FloodRow[]>(
    `SELECT brand_id AS "brandId", partner_id AS "partnerId", campaign_id AS "campaignId", promo_id AS "promoId",
            ${LINE} AS address, count(*)::int AS clicks, count(*) FILTER (WHERE bot)::int AS bots
       FROM visits WHERE id >= $1 AND id < $2 AND ip IS NOT NULL
      GROUP BY brand_id, partner_id, campaign_id, promo_id, ${LINE} HAVING count(*) >= ${FLOOD_CLICKS}
      ORDER BY count(*) DESC LIMIT ${MOST_AT_ONCE}`,
    [uuidV7Floor(from), uuidV7Floor(before)],
  );
}
