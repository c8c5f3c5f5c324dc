import { applyDecorators, StreamableFile, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Page } from './pagination.js';
import { type XlsxCell, xlsxStream } from './xlsx.js';

export const XLSX_MEDIA_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const ROWS_AT_ONCE = 1_000;

/** A table that is written while it is read. */
export interface SheetContent<T> {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<T>;
  readonly toCells: (item: T) => XlsxCell[];
}

/** Documents a list that `format=xlsx` gives as a file. */
export function ApiXlsxOrPage(page: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(page),
    ApiOkResponse({
      description: 'A page, or with `format=xlsx` a file of all',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(page) } },
        [XLSX_MEDIA_TYPE]: { schema: { type: 'string', format: 'binary' } },
      },
    }),
  );
}

/** Every item of a list, read page by page so that its length does not matter. */
export async function* eachOfPages<T>(
  list: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await list({ limit: ROWS_AT_ONCE, cursor });
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Answers with an XLSX file, written while it is read.
 * @param name of the file, without its ending, and of its sheet
 */
export function xlsxFile<T>(
  reply: FastifyReply,
  name: string,
  { header, rows, toCells }: SheetContent<T>,
): StreamableFile {
  void reply.header('content-disposition', `attachment; filename="${name}.xlsx"`);
  return new StreamableFile(xlsxStream(name, header, cellsOf(rows, toCells)), { type: XLSX_MEDIA_TYPE });
}

async function* cellsOf<T>(
  rows: AsyncIterable<T>,
  toCells: (item: T) => XlsxCell[],
): AsyncGenerator<XlsxCell[]> {
  for await (const row of rows) yield toCells(row);
}
