import type { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { eachOfPages, listFile, type ListFormat, type FileCell } from '../../platform/index.js';
import type { SubAffiliateRowDto } from './sub-affiliate-report.dto.js';
import type { SubAffiliateDto, SubAffiliatePage } from './sub-affiliates.dto.js';

type FileFormat = Exclude<ListFormat, 'json'>;
type ReadPage = (page: { limit: number; cursor?: string }) => Promise<SubAffiliatePage>;

/** Amounts of a row in their columns: one per currency, then the converted one. */
function amountCells(
  currencies: readonly string[],
  { commission, commissionConverted }: Pick<SubAffiliateDto, 'commission' | 'commissionConverted'>,
): FileCell[] {
  const byCurrency = new Map(commission.map(({ currency, amount }) => [currency, amount]));
  return [
    ...currencies.map((currency) => ({ decimal: byCurrency.get(currency) ?? '0' })),
    commissionConverted && { decimal: commissionConverted.amount },
  ];
}

const amountTitles = (currencies: readonly string[], shown: string): string[] => [
  ...currencies.map((currency) => `Commission ${currency}`),
  `Commission in ${shown}`,
];

/** Answers with the list as a file, read page by page. */
export async function subAffiliatesFile(
  reply: FastifyReply,
  format: FileFormat,
  currencies: readonly string[],
  readPage: ReadPage,
): Promise<StreamableFile> {
  const { conversion } = await readPage({ limit: 1 });
  return listFile(reply, format, 'sub-affiliates', {
    header: [
      'Name',
      'State',
      'Level',
      'Campaign',
      'Promo',
      'Registered at',
      ...amountTitles(currencies, conversion.currency),
    ],
    rows: eachOfPages(readPage),
    toCells: (row: SubAffiliateDto) => [
      row.name,
      row.state,
      { decimal: String(row.level) },
      row.campaignName,
      row.promoCode,
      new Date(row.registeredAt),
      ...amountCells(currencies, row),
    ],
  });
}

/** Answers with the report's rows as a file. */
export function subAffiliateReportFile(
  reply: FastifyReply,
  format: FileFormat,
  {
    rows,
    currencies,
    shown,
  }: { rows: AsyncIterable<SubAffiliateRowDto>; currencies: readonly string[]; shown: string },
): StreamableFile {
  return listFile(reply, format, 'sub-affiliate-report', {
    header: ['Period', 'Level', 'Campaign', 'Promo', 'Registrations', ...amountTitles(currencies, shown)],
    rows,
    toCells: (row: SubAffiliateRowDto) => [
      row.period,
      row.level === null ? null : { decimal: String(row.level) },
      row.campaignName,
      row.promoCode,
      { decimal: String(row.registrationsCount) },
      ...amountCells(currencies, row),
    ],
  });
}
