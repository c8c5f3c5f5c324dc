import { Controller, Get, HttpCode, Ip, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { TermsReading } from './terms-reading.service.js';
import { PartnerTermsDto, PartnerTermsList, PartnerTermsQuery } from './terms.dto.js';

/** Terms and policies as partners read and accept them (A21). */
@ApiTags('Partner: support')
@ApiBearerAuth()
@Controller('partner/terms')
export class PartnerTermsController {
  constructor(
    private readonly terms: TermsReading,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Get()
  @Requires('partner:support:read')
  @ApiOperation({ summary: 'The terms in force for you, and which of them you have accepted' })
  @ApiOkResponse({ type: PartnerTermsList })
  @ApiProblems(400)
  list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PartnerTermsQuery,
  ): Promise<PartnerTermsList> {
    return this.terms.ofPartner(partnerId, query);
  }

  @Post(':versionId/accept')
  @HttpCode(200)
  @Requires('partner:terms:accept')
  @ApiOperation({ summary: 'Accept a version in force, for the whole partner' })
  @ApiOkResponse({ type: PartnerTermsDto })
  @ApiProblems(400, 404, 409)
  accept(
    @CurrentActor() actor: PartnerActor,
    @PathId('versionId') versionId: string,
    @Ip() address: string,
  ): Promise<PartnerTermsDto> {
    return this.unitOfWork.run((tx) => this.terms.accept(tx, actor, versionId, address));
  }
}
