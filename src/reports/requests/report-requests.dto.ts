import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject } from 'class-validator';
import { IsId, IsLabel, MayBeAbsent } from '../../platform/index.js';
import { REPORT_PARAMETERS } from '../saved-parameters.schema.js';
import { REQUEST_FORMATS, type RequestedReport, type RequestFormat } from './report-requests.service.js';

/** Who has reports made in the background. */
export type ReportAudience = 'partner' | 'operator';

/** Paths of the requests, for links to them. */
export const REQUESTS_OF: Readonly<Record<ReportAudience, string>> = {
  partner: '/api/v1/partner/reports/requests',
  operator: '/api/v1/operator/reports/requests',
};

/** A report to be made in the background: by its parameters, or a favourite of yours. */
export class RequestReportDto {
  /**
   * Without one: that of the favourite, or the period.
   * @example "October by campaign"
   */
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  /** The file that the mail links to; both are made. */
  @ApiPropertyOptional({ enum: REQUEST_FORMATS })
  @MayBeAbsent()
  @IsIn(REQUEST_FORMATS)
  format: RequestFormat = 'xlsx';

  @MayBeAbsent()
  @IsId()
  favouriteId?: string;

  /** With `from` and `to`; not beside `favouriteId`. */
  @ApiPropertyOptional({
    ...REPORT_PARAMETERS,
    example: { ...REPORT_PARAMETERS.example, from: '2026-10-01', to: '2026-10-31' },
  })
  @MayBeAbsent()
  @IsObject()
  parameters?: Record<string, unknown>;
}

export class RenameReportDto {
  /** @example "October by campaign" */
  @IsLabel(200)
  name: string;
}

export class DownloadReportQuery {
  /** `csv` gives a ZIP of `rows.csv` and `totals.csv`, `xlsx` a file of two sheets. */
  @ApiPropertyOptional({ enum: REQUEST_FORMATS })
  @MayBeAbsent()
  @IsIn(REQUEST_FORMATS)
  format: RequestFormat = 'xlsx';
}

/** Who requested a report. */
export class ReportActorDto {
  userId: string;
  name: string;
  /** Whether an operator did it in the user's place. */
  impersonated: boolean;
}

/** Where the files of a report are. */
export class ReportDownloadsDto {
  /** A ZIP of two CSV files: rows, and totals. */
  csv: string;
  /** Two sheets: rows, and totals. */
  xlsx: string;
}

/** A report that is made in the background. */
export class RequestedReportDto {
  id: string;
  name: string;
  /** @example "xlsx" */
  format: string;

  /** As it was asked for, with its days. */
  @ApiProperty(REPORT_PARAMETERS)
  parameters: Record<string, string | string[] | undefined>;
  actor: ReportActorDto;
  /** @example "successful" */
  @ApiProperty({ enum: ['processing', 'failed', 'successful'] })
  state: string;
  /** Why it could not be made. */
  failure: string | null;
  requestedAt: Date;
  finishedAt: Date | null;
  /** Until when its files are kept. */
  expiresAt: Date | null;
  /** Null while there are no files, and when they have expired. */
  downloads: ReportDownloadsDto | null;
}

export class RequestedReportPage {
  items: RequestedReportDto[];
  nextCursor: string | null;
}

/** A requested report as the API shows it. @param base path of the requests, for the links */
export function toRequestedReportDto(report: RequestedReport, base: string): RequestedReportDto {
  const { userId, userName, impersonated, hasFiles, ...shown } = report;
  const link = `${base}/${report.id}/download?format=`;
  return {
    ...shown,
    actor: { userId, name: userName, impersonated },
    downloads: hasFiles ? { csv: `${link}csv`, xlsx: `${link}xlsx` } : null,
  };
}
