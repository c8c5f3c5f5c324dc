import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { AdDto, AdPage, AdQuery, ChangeAdDto, CreateAdDto } from './ads.dto.js';
import { Ads } from './ads.service.js';

/** A partner's ads (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('partner/ads')
export class PartnerAdsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly ads: Ads,
  ) {}

  @Get()
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'List your ads, newest first' })
  @ApiOkResponse({ type: AdPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: AdQuery): Promise<AdPage> {
    return this.ads.list(partnerId, query);
  }

  @Post()
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Draft an ad',
    description:
      'Upload its files first. Nobody sees a draft: submit it, and once it is approved, campaigns show it.',
  })
  @ApiCreatedResponse({ type: AdDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: PartnerActor,
    @Body() body: CreateAdDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<AdDto> {
    return this.idempotency.run(key, (tx) => this.ads.create(tx, actor, body));
  }

  @Get(':id')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'Show one of your ads' })
  @ApiOkResponse({ type: AdDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<AdDto> {
    return this.ads.get(this.dataSource, partnerId, id);
  }

  @Patch(':id')
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Change an ad',
    description:
      'Whatever viewers could see of an approved ad, its click URL included, sends it back to wait for approval: it is ' +
      'not shown meanwhile, and renders and clicks of what was given out before count nothing any more. The name is ' +
      'nothing that they see. An ad that waits for approval cannot be changed: take its request back first.',
  })
  @ApiOkResponse({ type: AdDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: ChangeAdDto,
  ): Promise<AdDto> {
    return this.unitOfWork.run((tx) => this.ads.change(tx, actor, id, body));
  }

  @Post(':id/submit')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Ask for the approval of a draft or a rejected ad' })
  @ApiOkResponse({ type: AdDto })
  @ApiProblems(400, 401, 403, 404, 409)
  submit(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdDto> {
    return this.unitOfWork.run((tx) => this.ads.submit(tx, actor, id));
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Put an ad away for good; it is not shown any more' })
  @ApiOkResponse({ type: AdDto })
  @ApiProblems(400, 401, 403, 404, 409)
  archive(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdDto> {
    return this.unitOfWork.run((tx) => this.ads.archive(tx, actor, id));
  }
}
