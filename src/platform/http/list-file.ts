import { applyDecorators, StreamableFile, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { csvPieces } from './csv.js';
import { cellsOf, type SheetContent, xlsxFile, XLSX_MEDIA_TYPE } from './xlsx-file.js';

const CSV_MEDIA_TYPE = 'text/csv';

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
  return format === 'xlsx'
    ? xlsxFile(reply, name, content)
    : csvFile(reply, name, csvPieces(content.header, cellsOf(content)));
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
