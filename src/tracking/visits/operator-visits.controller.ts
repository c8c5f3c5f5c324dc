import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PathId } from '../../platform/index.js';
import { VisitLog } from './visit-log.service.js';
import {
  OperatorVisitPage,
  OperatorVisitResponse,
  OperatorVisitsQuery,
  toOperatorVisit,
  toVisitFilter,
} from './visits.dto.js';

/** Clicks on everybody's links, with the visitors' addresses. */
@ApiTags('Operator: visits')
@ApiBearerAuth()
@Controller('operator/visits')
@Requires('operator:visits:read')
export class OperatorVisitsController {
  constructor(
    private readonly visits: VisitLog,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List all visits, newest first',
    description:
      'A page looks at a bounded number of visits. With filters that few of them fit it may hold fewer items than `limit`, or none: there may be more as long as `nextCursor` is not null.',
  })
  @ApiOkResponse({ type: OperatorVisitPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorVisitsQuery): Promise<OperatorVisitPage> {
    return mapPage(await this.visits.list(this.dataSource, toVisitFilter(query)), toOperatorVisit);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a visit of any partner' })
  @ApiOkResponse({ type: OperatorVisitResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<OperatorVisitResponse> {
    return toOperatorVisit(await this.visits.get(this.dataSource, undefined, id));
  }
}
