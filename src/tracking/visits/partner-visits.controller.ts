import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PathId } from '../../platform/index.js';
import { VisitLog } from './visit-log.service.js';
import {
  PartnerVisitPage,
  PartnerVisitResponse,
  toPartnerVisit,
  toVisitFilter,
  VisitsQuery,
} from './visits.dto.js';

/** Clicks on a partner's own links; of the visitors' addresses only the networks. */
@ApiTags('Partner: visits')
@ApiBearerAuth()
@Controller('partner/visits')
@Requires('partner:visits:read')
export class PartnerVisitsController {
  constructor(
    private readonly visits: VisitLog,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List visits, newest first',
    description:
      'A page looks at a bounded number of visits. With filters that few of them fit it may hold fewer items than `limit`, or none: there may be more as long as `nextCursor` is not null.',
  })
  @ApiOkResponse({ type: PartnerVisitPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: VisitsQuery,
  ): Promise<PartnerVisitPage> {
    return mapPage(
      await this.visits.list(this.dataSource, { ...toVisitFilter(query), partnerId }),
      toPartnerVisit,
    );
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a visit' })
  @ApiOkResponse({ type: PartnerVisitResponse })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PartnerVisitResponse> {
    return toPartnerVisit(await this.visits.get(this.dataSource, partnerId, id));
  }
}
