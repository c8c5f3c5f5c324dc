import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  wholeList,
} from '../../platform/index.js';
import { RequestLists } from '../requests/request-lists.service.js';
import { PartnerRequestDto } from '../requests/requests.dto.js';
import { AdPackageRequests } from './ad-package-requests.service.js';
import { AdPackageList, AskForAdPackageDto } from './ad-packages.dto.js';
import { AdPackages } from './ad-packages.service.js';
import { ImpressionAccountDto, ImpressionMovementPage, ImpressionMovementQuery } from './impressions.dto.js';
import { Impressions } from './impressions.service.js';

/** Impressions that a partner may buy, and those that it has (O05). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('partner')
export class PartnerAdPackagesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly idempotency: Idempotency,
    private readonly packages: AdPackages,
    private readonly packageRequests: AdPackageRequests,
    private readonly requestLists: RequestLists,
    private readonly impressions: Impressions,
  ) {}

  @Get('ad-packages')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'List the advertising packages that you may ask for' })
  @ApiOkResponse({ type: AdPackageList })
  @ApiProblems(401, 403)
  async list(): Promise<AdPackageList> {
    const packages = await this.packages.list('active');
    return wholeList(packages.map(({ id, name, impressions, price }) => ({ id, name, impressions, price })));
  }

  @Post('ad-packages/:id/requests')
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Ask for an advertising package',
    description:
      'The request keeps impressions and price of this moment. Once an operator has approved it, the impressions are ' +
      'available. It is among your requests, where it can be taken back.',
  })
  @ApiCreatedResponse({ type: PartnerRequestDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  ask(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() { description }: AskForAdPackageDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PartnerRequestDto> {
    return this.idempotency.run(key, async (tx) => {
      const requestId = await this.packageRequests.open(tx, actor, id, description ?? null);
      return this.requestLists.getOf(tx, actor.partnerId, requestId);
    });
  }

  @Get('impressions')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'Your impressions: bought, available, held by ad campaigns, shown' })
  @ApiOkResponse({ type: ImpressionAccountDto })
  @ApiProblems(401, 403)
  account(@CurrentActor() { partnerId }: PartnerActor): Promise<ImpressionAccountDto> {
    return this.impressions.get(this.dataSource, partnerId);
  }

  @Get('impressions/movements')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'Why these numbers are as they are: every movement, newest first' })
  @ApiOkResponse({ type: ImpressionMovementPage })
  @ApiProblems(400, 401, 403)
  movements(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: ImpressionMovementQuery,
  ): Promise<ImpressionMovementPage> {
    return this.impressions.movements(partnerId, query);
  }
}
