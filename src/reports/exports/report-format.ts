import { Readable } from 'node:stream';
import { csvPieces, xlsxStream, XLSX_MEDIA_TYPE } from '../../platform/index.js';
import { badParameter } from '../domain/report-parameters.js';
import { reportJson } from './report-json.js';
import { reportSheets } from './report-sheets.js';
import type { ReportSource } from './report-source.js';
import { reportXml } from './report-xml.js';

/** What a report is given as, when it is given whole. */
export const REPORT_FORMATS = ['csv', 'xlsx', 'json', 'xml'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Media types of the formats. */
export const REPORT_MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: XLSX_MEDIA_TYPE,
  json: 'application/json; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
};

/** Reads the parameter `format`. @throws DomainError INVALID_PARAMETER (400) */
export function parseReportFormat(given: string | string[]): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === given);
  if (!format) throw badParameter('format', `must be one of ${REPORT_FORMATS.join(', ')}`);
  return format;
}

/** A report in a format, written while it is read (A17). */
export function reportStream(source: ReportSource, format: ReportFormat): Readable {
  switch (format) {
    case 'csv': {
      const { rows } = reportSheets(source);
      return Readable.from(csvPieces(rows.header, rows.rows));
    }
    case 'xlsx': {
      const { rows, totals } = reportSheets(source);
      return xlsxStream([rows, totals]);
    }
    case 'json':
      return Readable.from(reportJson(source));
    case 'xml':
      return Readable.from(reportXml(source));
  }
}
