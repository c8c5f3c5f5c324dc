import { Controller, Get, Query, Res, StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { Requires } from '../../identity/index.js';
import { ApiProblems } from '../../platform/index.js';
import { RequestHistoryPage, RequestHistoryQuery } from './request-history.dto.js';
import { RequestHistory } from './request-history.service.js';

/** What became of partners' requests, for operators (O02, O07). */
@ApiTags('partners')
@ApiBearerAuth()
@ApiExtraModels(RequestHistoryPage)
@Controller('operator/request-history')
export class RequestHistoryController {
  constructor(private readonly history: RequestHistory) {}

  @Get()
  @Requires('operator:requests:read')
  @ApiOperation({ summary: 'List decided requests, the last decided first, or export them as CSV' })
  @ApiOkResponse({
    description: 'A page, or with `format=csv` a file of all',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(RequestHistoryPage) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 401, 403)
  async list(
    @Query() query: RequestHistoryQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestHistoryPage | StreamableFile> {
    if (query.format === 'json') return this.history.list(query);
    void reply.header('content-disposition', 'attachment; filename="request-history.csv"');
    return new StreamableFile(Readable.from(this.history.csv(query)), { type: 'text/csv; charset=utf-8' });
  }
}
