import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { NDJSON } from './backfill/backfills.service.js';
import { SyncAnswerLineDto, SyncReportDto } from './sync.dto.js';

/** Documents a route that takes a batch as JSON, or any number of items as NDJSON, and answers alike. */
export function ApiBatchOrLines(batch: Type, line: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(batch, line, SyncReportDto, SyncAnswerLineDto),
    ApiConsumes('application/json', NDJSON),
    ApiBody({
      description: 'A batch; as `application/x-ndjson` one item a line',
      schema: { oneOf: [{ $ref: getSchemaPath(batch) }, { $ref: getSchemaPath(line) }] },
    }),
    ApiOkResponse({
      description: 'What became of the batch; of NDJSON a line for every item that was not plainly accepted',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(SyncReportDto) } },
        [NDJSON]: { schema: { $ref: getSchemaPath(SyncAnswerLineDto) } },
      },
    }),
  );
}
