import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, mapPage, PathId } from '../platform/index.js';
import { LandingPage, LandingsQuery, toLandingResponse } from './landings.dto.js';
import { Landings } from './landings.service.js';
import { MediaDesk } from './media-desk.service.js';
import { MediaPage, MediaQuery, MediumResponse } from './media.dto.js';

/** What partners may promote; the brands themselves stand in the catalogue, with their offers. */
@ApiTags('Partner: brands')
@ApiBearerAuth()
@Controller('partner')
export class PartnerBrandsController {
  constructor(
    private readonly landings: Landings,
    private readonly media: MediaDesk,
    private readonly dataSource: DataSource,
  ) {}

  @Get('landings')
  @Requires('partner:brands:read')
  @ApiOperation({ summary: 'List the landings that a promo can lead to' })
  @ApiOkResponse({ type: LandingPage })
  @ApiProblems(400)
  async listLandings(@Query() query: LandingsQuery): Promise<LandingPage> {
    return mapPage(await this.landings.list(this.dataSource, { ...query, offered: true }), toLandingResponse);
  }

  @Get('media')
  @Requires('partner:brands:read')
  @ApiOperation({
    summary: 'List the media that a promo can show',
    description: 'Those for everybody, and those that are private to you.',
  })
  @ApiOkResponse({ type: MediaPage })
  @ApiProblems(400)
  listMedia(@CurrentActor() { partnerId }: PartnerActor, @Query() query: MediaQuery): Promise<MediaPage> {
    return this.media.listOffered(partnerId, query);
  }

  @Get('media/:id')
  @Requires('partner:brands:read')
  @ApiOperation({ summary: 'Show a medium' })
  @ApiOkResponse({ type: MediumResponse })
  @ApiProblems(400, 404)
  getMedium(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<MediumResponse> {
    return this.media.getFor(partnerId, id);
  }
}
