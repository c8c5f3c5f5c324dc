import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { FromDigits } from '../platform/index.js';
import { ConversionDto } from './display-currency.dto.js';

/** One cell; a money cell's value is `{currency, amount, amount_cents}` with `amount_cents` in minor units. */
export class ReportCellDto {
  /** @example "deposits_sum" */
  name: string;

  @ApiProperty({
    oneOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
    nullable: true,
    example: { currency: 'EUR', amount: '50.00', amount_cents: '5000' },
  })
  value: string | number | { currency: string; amount: string; amount_cents: string } | null;

  /** @example "money" */
  type: string;
}

@ApiExtraModels(ReportCellDto)
export class ReportTableDto {
  /** Rows of cells. */
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { $ref: '#/components/schemas/ReportCellDto' } },
  })
  data: ReportCellDto[][];
}

export class ReportCampaignDto {
  id: string;
  name: string;
  /** @example "revshare" */
  strategy: string;
}

export class ReportPromoDto {
  id: string;
  name: string | null;
  /** Code of the tracking link. */
  code: string;
}

export class ReportBrandDto {
  id: string;
  name: string;
}

/** Names behind the identifiers of the rows. */
export class ReportRelationsDto {
  campaigns: ReportCampaignDto[];
  promos: ReportPromoDto[];
  brands: ReportBrandDto[];
  /** With the operator's grouper `partner`. */
  partners: ReportBrandDto[];
  /** Always empty: partners have no operators of their own. */
  dedicated_operators: ReportBrandDto[];
}

/** The report as clients of the report API know it: its fields are these (B10). */
export class PerformanceReportDto {
  /** @example "partner_report" */
  report_type: string;
  rows: ReportTableDto;
  totals: ReportTableDto;
  relations: ReportRelationsDto;
  current_page: number;
  total_pages: number;
  current_per_page: number;
  /** Rows over all pages. */
  total_count: number;
}

/** The report, and its rates. */
export class ShownReportDto extends PerformanceReportDto {
  /** By which rates amounts were converted; null where they are in their own currencies. */
  conversion: ConversionDto | null;
}

export class ReportAttributeDto {
  /** @example "ngr" */
  name: string;
  /** @example "NGR" */
  title: string;
  /** @example "money" */
  type: string;
  /** What the figure means, or how it is calculated. */
  description: string;
}

export class ReportAttributesDto {
  available_columns: ReportAttributeDto[];
  available_groupers: ReportAttributeDto[];
}

export class ReportCampaignsQuery {
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page: number = 1;

  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(1000)
  per_page: number = 50;

  @IsOptional()
  @IsIn(['active', 'archived', 'all'])
  state: 'active' | 'archived' | 'all' = 'all';
}

export class ReportCampaignItemDto {
  id: string;
  name: string;
}

export class ReportCampaignsDto {
  items: ReportCampaignItemDto[];
  total_pages: number;
}
