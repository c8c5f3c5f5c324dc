import { applyDecorators, StreamableFile, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { FileCell } from './file-cell.js';
import type { Page } from './pagination.js';
import { xlsxStream } from './xlsx.js';

export const XLSX_MEDIA_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const ROWS_AT_ONCE = 1_000;
const CELLS_AT_ONCE = 200;

/** A table that is written while it is read. */
export interface SheetContent<T> {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<T>;
  readonly toCells: (item: T) => FileCell[];
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
export function xlsxFile<T>(reply: FastifyReply, name: string, content: SheetContent<T>): StreamableFile {
  void reply.header('content-disposition', `attachment; filename="${name}.xlsx"`);
  const sheet = { name, header: content.header, rows: cellsOf(content) };
  return new StreamableFile(xlsxStream([sheet]), { type: XLSX_MEDIA_TYPE });
}

/** The cells of a table, some rows at a time. */
export async function* cellsOf<T>({ rows, toCells }: SheetContent<T>): AsyncGenerator<FileCell[][]> {
  let batch: FileCell[][] = [];
  for await (const row of rows) {
    batch.push(toCells(row));
    if (batch.length < CELLS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
