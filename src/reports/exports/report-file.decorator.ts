import { applyDecorators, type Type } from '@nestjs/common';
import { ApiAcceptedResponse, ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { XLSX_MEDIA_TYPE } from '../../platform/index.js';
import { ShownReportDto } from '../performance-report.dto.js';
import { RequestedReportDto } from '../requests/report-requests.dto.js';
import { REPORT_FORMATS, REPORT_MEDIA_TYPES, type ReportFormat } from './report-format.js';

const FILE = { schema: { type: 'string', format: 'binary' } } as const;

/** Documents that a route answers with a report as a file of the format. */
export function ApiReportFile(format: ReportFormat): MethodDecorator {
  return ApiOkResponse({ description: 'The whole report', content: { [mediaTypeOf(format)]: FILE } });
}

/** Documents the file of a requested report. */
export function ApiReportDownload(): MethodDecorator {
  return ApiOkResponse({
    description: 'The file',
    content: { 'application/zip': FILE, [XLSX_MEDIA_TYPE]: FILE },
  });
}

/**
 * Documents a report that `format` gives whole, as a file; one that takes too long is made in the background.
 * @param page what a page of it is
 */
export function ApiReportAnswer(page: Type = ShownReportDto): MethodDecorator {
  const files = REPORT_FORMATS.filter((format) => format !== 'json');
  return applyDecorators(
    ApiExtraModels(page),
    ApiQuery({
      name: 'format',
      required: false,
      description:
        'Gives all rows as a file instead of a page: CSV (rows), XLSX (a sheet of rows, one of totals), JSON or XML',
      schema: { type: 'string', enum: [...REPORT_FORMATS] },
    }),
    ApiOkResponse({
      description: 'A page, or with `format` a file of all',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(page) } },
        ...Object.fromEntries(files.map((format) => [mediaTypeOf(format), FILE])),
      },
    }),
    ApiAcceptedResponse({
      description: 'The report takes too long, or `async` asks for it: it is made in the background',
      headers: { Location: { description: 'Path of the requested report', schema: { type: 'string' } } },
      type: RequestedReportDto,
    }),
  );
}

/** Documents which page of a report is asked for. */
export function ApiPageQuery(): MethodDecorator {
  const whole = (name: string, description: string): MethodDecorator =>
    ApiQuery({ name, required: false, description, schema: { type: 'integer', minimum: 1 } });
  return applyDecorators(whole('page', 'Page, from 1'), whole('per_page', 'Rows on a page, at most 1000'));
}

function mediaTypeOf(format: ReportFormat): string {
  return REPORT_MEDIA_TYPES[format].split(';')[0]!;
}
