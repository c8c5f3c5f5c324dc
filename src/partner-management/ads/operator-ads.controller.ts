import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { AdReviews } from './ad-reviews.service.js';
import { OperatorAdDto, OperatorAdPage, OperatorAdQuery, TakeDownAdDto } from './ads.dto.js';
import { Ads } from './ads.service.js';

/** Everybody's ads, for operators (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('operator/ads')
export class OperatorAdsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly ads: Ads,
    private readonly reviews: AdReviews,
  ) {}

  @Get()
  @Requires('operator:ads:read')
  @ApiOperation({ summary: 'List ads, newest first' })
  @ApiOkResponse({ type: OperatorAdPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: OperatorAdQuery): Promise<OperatorAdPage> {
    return this.ads.listAll(query);
  }

  @Get(':id')
  @Requires('operator:ads:read')
  @ApiOperation({ summary: 'Show an ad' })
  @ApiOkResponse({ type: OperatorAdDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<OperatorAdDto> {
    return this.ads.getForOperators(this.dataSource, id);
  }

  @Post(':id/take-down')
  @HttpCode(200)
  @Requires('operator:ads:write')
  @ApiOperation({
    summary: 'Take an approved ad down at once',
    description:
      'It is not shown any more, and its links lead nowhere. The partner sees why, and may ask again.',
  })
  @ApiOkResponse({ type: OperatorAdDto })
  @ApiProblems(400, 401, 403, 404, 409)
  takeDown(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: TakeDownAdDto,
  ): Promise<OperatorAdDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.reviews.takeDown(tx, actor, id, reason);
      return this.ads.getForOperators(tx, id);
    });
  }
}
