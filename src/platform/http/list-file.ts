import { applyDecorators, StreamableFile, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { csvLine } from './csv.js';
import { type SheetContent, xlsxFile, XLSX_MEDIA_TYPE } from './xlsx-file.js';
import type { XlsxCell } from './xlsx.js';

const CSV_MEDIA_TYPE = 'text/csv';
const LINES_AT_ONCE = 200;

/** What a list is given as: a page, or a file of all. */
export const LIST_FORMATS = ['json', 'csv', 'xlsx'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

/** Documents a list that `format=csv` and `format=xlsx` give as a file. */
export function ApiFileOrPage(page: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(page),
    ApiOkResponse({
      description: 'A page, or with `format=csv` or `format=xlsx` a file of all',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(page) } },
        [CSV_MEDIA_TYPE]: { schema: { type: 'string' } },
        [XLSX_MEDIA_TYPE]: { schema: { type: 'string', format: 'binary' } },
      },
    }),
  );
}

/**
 * Answers with a list as a file, written while it is read.
 * @param name of the file, without its ending
 */
export function listFile<T>(
  reply: FastifyReply,
  format: Exclude<ListFormat, 'json'>,
  name: string,
  content: SheetContent<T>,
): StreamableFile {
  return format === 'xlsx' ? xlsxFile(reply, name, content) : csvFile(reply, name, linesOf(content));
}

/**
 * Answers with a CSV file.
 * @param name of the file, without its ending
 * @param pieces of the file, read while it is sent
 */
export function csvFile(reply: FastifyReply, name: string, pieces: AsyncIterable<string>): StreamableFile {
  void reply.header('content-disposition', `attachment; filename="${name}.csv"`);
  return new StreamableFile(Readable.from(pieces), { type: `${CSV_MEDIA_TYPE}; charset=utf-8` });
}

/**
 * Answers with a PDF file.
 * @param name of the file, without its ending
 */
export function pdfFile(reply: FastifyReply, name: string, content: Readable): StreamableFile {
  void reply.header('content-disposition', `attachment; filename="${name}.pdf"`);
  return new StreamableFile(content, { type: 'application/pdf' });
}

async function* linesOf<T>({ header, rows, toCells }: SheetContent<T>): AsyncGenerator<string> {
  let piece = csvLine(header);
  let lines = 1;
  for await (const row of rows) {
    piece += csvLine(toCells(row).map(csvText));
    lines += 1;
    if (lines % LINES_AT_ONCE !== 0) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function csvText(cell: XlsxCell): string | null {
  if (cell === null || typeof cell === 'string') return cell;
  return cell instanceof Date ? cell.toISOString() : cell.decimal;
}
