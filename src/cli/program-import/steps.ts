import type { INestApplicationContext } from '@nestjs/common';
import { Brands } from '../../brands/index.js';
import { Campaigns, Promos } from '../../campaigns/index.js';
import { ImportedPartners } from '../../partner-management/index.js';
import { Clock, DomainError, Money, type Tx } from '../../platform/index.js';
import { OpeningBalances } from '../../wallet/index.js';
import { BalanceRow, CampaignRow, COLUMNS, LinkRow, PartnerRow } from './formats.js';
import type { ImportBook } from './import-book.js';
import { idOf, type ImportStep, oneByOne, type Outcome, refusal, timeOf } from './import-step.js';
import { players } from './player-step.js';
import { rowHash } from './rows.js';
import { subAffiliates } from './sub-affiliate-step.js';

/**
 * The files in the order in which they need each other; campaigns twice, since an archived one takes no links.
 * @param invite whether owners of partners are mailed links to set a password
 */
export function importSteps(app: INestApplicationContext, book: ImportBook, invite: boolean): ImportStep[] {
  return [
    partners(app, book, invite),
    campaigns(app, book),
    links(app, book),
    subAffiliates(app, book),
    archivedCampaigns(app, book),
    players(app, book),
    balances(app, book),
  ];
}

function partners(app: INestApplicationContext, book: ImportBook, invite: boolean): ImportStep {
  const service = app.get(ImportedPartners);
  const clock = app.get(Clock);
  const add = async (
    tx: Tx,
    { id: _, registered_at: registered, ...partner }: PartnerRow,
  ): Promise<string> => {
    const registeredAt = timeOf(clock, 'registered_at', registered);
    return service.add(tx, partner, { registeredAt, invite });
  };
  const again = invite ? (tx: Tx, id: string) => service.invite(tx, id) : undefined;
  return {
    file: 'partners.csv',
    columns: COLUMNS.partners,
    run: (tx, rows) =>
      oneByOne(tx, book, rows, {
        kind: 'partner',
        type: PartnerRow,
        nameOf: ({ id }) => id,
        add,
        again,
        columns: { EMAIL_TAKEN: 'email' },
      }),
  };
}

function campaigns(app: INestApplicationContext, book: ImportBook): ImportStep {
  const brands = app.get(Brands);
  const service = app.get(Campaigns);
  const add = async (tx: Tx, row: CampaignRow): Promise<string> => {
    const partnerId = await idOf(tx, book, 'partner', 'partner_id', row.partner_id);
    const brand = await brands.getByIdOrSlug(tx, row.brand).catch((error: unknown) => {
      throw error instanceof DomainError
        ? refusal('brand', 'UNKNOWN_BRAND', `there is no brand '${row.brand}'`)
        : error;
    });
    const plan = await planOf(tx, brand.id, row.plan);
    const campaign = await service.takeOver(tx, partnerId, {
      name: row.name,
      brandId: brand.id,
      commissionPlanId: plan,
    });
    return campaign.id;
  };
  return {
    file: 'campaigns.csv',
    columns: COLUMNS.campaigns,
    run: (tx, rows) =>
      oneByOne(tx, book, rows, {
        kind: 'campaign',
        type: CampaignRow,
        nameOf: ({ id }) => id,
        add,
        columns: { brandId: 'brand', commissionPlanId: 'plan', COMMISSION_PLAN_NOT_AVAILABLE: 'plan' },
      }),
  };
}

async function planOf(tx: Tx, brandId: string, idOrName: string): Promise<string> {
  const plans = await tx.query<{ id: string }[]>(
    `SELECT id FROM commission_plans WHERE brand_id = $1 AND state = 'active' AND (id::text = lower($2) OR name = $2)`,
    [brandId, idOrName],
  );
  if (plans.length === 1) return plans[0]!.id;
  const how = plans.length === 0 ? 'no active plan' : 'several plans';
  throw refusal('plan', 'UNKNOWN_PLAN', `the brand has ${how} '${idOrName}'`);
}

function links(app: INestApplicationContext, book: ImportBook): ImportStep {
  const promos = app.get(Promos);
  const add = async (tx: Tx, row: LinkRow): Promise<string> => {
    const campaignId = await idOf(tx, book, 'campaign', 'campaign_id', row.campaign_id);
    const [campaign] = await tx.query<[{ partner: string; brand: string }]>(
      'SELECT partner_id AS partner, brand_id AS brand FROM campaigns WHERE id = $1',
      [campaignId],
    );
    const landingId = await landingOf(tx, campaign.brand, row.landing);
    const { id } = await promos.create(tx, campaign.partner, campaignId, {
      code: row.code,
      landingId,
      title: row.title,
      trafficSourceId: row.traffic_source,
    });
    return id;
  };
  return {
    file: 'links.csv',
    columns: COLUMNS.links,
    run: (tx, rows) =>
      oneByOne(tx, book, rows, {
        kind: 'link',
        type: LinkRow,
        nameOf: ({ code }) => code,
        add,
        columns: {
          landingId: 'landing',
          trafficSourceId: 'traffic_source',
          LINK_CODE_TAKEN: 'code',
          CAMPAIGN_ARCHIVED: 'campaign_id',
        },
      }),
  };
}

async function landingOf(tx: Tx, brandId: string, idOrUrl: string): Promise<string> {
  const [landing] = await tx.query<{ id: string }[]>(
    `SELECT id FROM landings WHERE brand_id = $1 AND active AND (id::text = lower($2) OR url = $2) ORDER BY id LIMIT 1`,
    [brandId, idOrUrl],
  );
  if (!landing)
    throw refusal('landing', 'UNKNOWN_LANDING', `the campaign’s brand has no active landing '${idOrUrl}'`);
  return landing.id;
}

function archivedCampaigns(app: INestApplicationContext, book: ImportBook): ImportStep {
  const service = app.get(Campaigns);
  const add = async (tx: Tx, { id: name }: CampaignRow): Promise<string> => {
    const id = await idOf(tx, book, 'campaign', 'id', name);
    const [{ partner, state }] = await tx.query<[{ partner: string; state: string }]>(
      'SELECT partner_id AS partner, state FROM campaigns WHERE id = $1',
      [id],
    );
    if (state !== 'archived') await service.archive(tx, partner, id);
    return id;
  };
  const how = {
    kind: 'archived_campaign',
    type: CampaignRow,
    nameOf: ({ id }: CampaignRow) => id,
    add,
    columns: { CAMPAIGN_STATE_CONFLICT: 'state' },
  } as const;
  return {
    file: 'campaigns.csv',
    columns: COLUMNS.campaigns,
    again: true,
    async run(tx, rows) {
      const made = await book.find(tx, 'campaign', rows.flatMap(({ cells }) => cells['id'] ?? [])); // prettier-ignore
      const outcomes: Outcome[] = [];
      for (const row of rows) {
        const { id = '', state } = row.cells;
        // Only the row that the campaign was made from may archive it: any other one has been refused.
        const concerned = state === 'archived' && made.get(id)?.rowHash === rowHash(row);
        outcomes.push(...(concerned ? await oneByOne(tx, book, [row], how) : (['present'] as const)));
      }
      return outcomes;
    },
  };
}

function balances(app: INestApplicationContext, book: ImportBook): ImportStep {
  const service = app.get(OpeningBalances);
  const add = async (tx: Tx, row: BalanceRow): Promise<string | null> => {
    const ownerId = await idOf(tx, book, 'partner', 'partner_id', row.partner_id);
    const available = Money.parseNonNegative(row.available, row.currency, 'available');
    const paid = Money.parseNonNegative(row.paid ?? '0', row.currency, 'paid');
    if (available.isZero() && paid.isZero()) return null;
    const outcome = await service.open(tx, { ownerId, available, paid });
    if (outcome === 'different')
      throw refusal('available', 'IMPORTED_OTHERWISE', 'another balance was brought along before, and stays');
    return ownerId;
  };
  return {
    file: 'balances.csv',
    columns: COLUMNS.balances,
    run: (tx, rows) =>
      oneByOne(tx, book, rows, {
        kind: 'balance',
        type: BalanceRow,
        nameOf: ({ partner_id: partner, currency }) => `${currency} ${partner}`,
        add,
        columns: { WALLET_FROZEN: 'partner_id' },
      }),
  };
}
