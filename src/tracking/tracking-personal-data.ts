import { Injectable, type OnModuleInit } from '@nestjs/common';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../commissions/index.js';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { Money, readRows, type Tx } from '../platform/index.js';

const OTHER_PEOPLE =
  'visitors and players are other people: their own data is theirs, and the partner is named by its id only';
const OF_BRANDS = 'what a brand reports of its players, whose data is theirs; the partner sees the sums';

const TABLES: readonly HeldTable[] = [
  { table: 'visits', file: 'visits-by-day', onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  { table: 'orders', file: 'orders', onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  {
    table: 'promo_codes',
    file: 'promo-codes',
    onErasure: 'kept',
    keptBecause: 'codes of the brand, which players and orders came by; the partner is named by its id only',
  },
  { table: 'players', file: 'players', onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  { table: 'player_activity', file: 'activity-by-day', onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  { table: 'deposits', file: null, because: OF_BRANDS, onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  { table: 'deposit_listings', file: null, because: OF_BRANDS, onErasure: 'kept', keptBecause: OTHER_PEOPLE },
  {
    table: 'activity_corrections',
    file: null,
    because: OF_BRANDS,
    onErasure: 'kept',
    keptBecause: OTHER_PEOPLE,
  },
  {
    table: 'fraud_signals',
    file: null,
    because:
      'what the program looks into to protect itself against fraud; it would be in vain if it were told',
    onErasure: 'anonymised',
  },
  {
    table: 'fact_changes',
    file: null,
    because: 'marks of what the next bill run is to look at',
    onErasure: 'kept',
    keptBecause: 'ids only, and gone with the next bill run',
  },
];

/** What a signal tells of the partner's people and accounts; the operators' words may name somebody. */
const ERASE_SIGNALS = `
  UPDATE fraud_signals
     SET evidence = evidence - '{address,signedInFrom,userAgent,lastSeenAt,account}'::text[],
         comment = CASE WHEN comment IS NOT NULL THEN 'erased' END
   WHERE partner_id = $1`;

const VISITS = `
  SELECT (visited_at AT TIME ZONE 'UTC')::date::text AS day, campaign_id AS "campaignId", promo_id AS "promoId",
         count(*)::int AS visits
    FROM visits WHERE partner_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

/** Under our id, not under the brand's: who they are is not the partner's to know. */
const PLAYERS = `
  SELECT id, campaign_id AS "campaignId", promo_id AS "promoId", country, signed_up_at AS "signedUpAt",
         first_deposit_at AS "firstDepositAt"
    FROM players WHERE partner_id = $1 ORDER BY id`;

const ORDERS = `
  SELECT o.id, o.campaign_id AS "campaignId", o.promo_id AS "promoId", c.code AS "promoCode", o.status, o.country,
         o.amount_minor AS "amountMinor", o.currency, o.ordered_at AS "orderedAt", o.decided_at AS "decidedAt"
    FROM orders o LEFT JOIN promo_codes c ON c.id = o.promo_code_id WHERE o.partner_id = $1 ORDER BY o.id`;

const PROMO_CODES = `
  SELECT code, brand_id AS "brandId", campaign_id AS "campaignId", promo_id AS "promoId", taken_at AS "takenAt"
    FROM promo_codes WHERE partner_id = $1 ORDER BY id`;

const ACTIVITY = `
  SELECT (interval_from AT TIME ZONE 'UTC')::date::text AS day, campaign_id AS "campaignId", promo_id AS "promoId",
         currency, ${[...MONEY_COLUMNS, ...COUNT_COLUMNS].map((column) => `sum(${column})::text AS ${column}`).join(', ')}
    FROM player_activity WHERE partner_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/** Visits, players, orders and what they did: of other people, so the partner's copy holds sums and pseudonyms. */
@Injectable()
export class TrackingPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'tracking',
      tables: TABLES,
      files: {
        'visits-by-day': (tx, partnerId) => readRows(tx, VISITS, [partnerId]),
        orders: (tx, partnerId) => orders(tx, partnerId),
        'promo-codes': (tx, partnerId) => readRows(tx, PROMO_CODES, [partnerId]),
        players: (tx, partnerId) => readRows(tx, PLAYERS, [partnerId]),
        'activity-by-day': (tx, partnerId) => activity(tx, partnerId),
      },
      erase: async (tx, partnerId) => {
        await tx.query(ERASE_SIGNALS, [partnerId]);
        return 'done';
      },
    });
  }
}

async function* orders(tx: Tx, partnerId: string): AsyncGenerator<object> {
  type Row = { amountMinor: string; currency: string };
  for await (const { amountMinor, currency, ...row } of readRows<Row>(tx, ORDERS, [partnerId])) {
    yield { ...row, amount: Money.of(BigInt(amountMinor), currency) };
  }
}

async function* activity(tx: Tx, partnerId: string): AsyncGenerator<object> {
  for await (const row of readRows<Record<string, string>>(tx, ACTIVITY, [partnerId])) {
    const amounts = MONEY_COLUMNS.map((column) => [
      column,
      Money.of(BigInt(row[column]!), row['currency']!).toString(),
    ]);
    yield { ...row, ...Object.fromEntries(amounts) };
  }
}
