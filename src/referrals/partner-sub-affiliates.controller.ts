import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems } from '../platform/index.js';
import { SubAffiliateTree } from './sub-affiliate-tree.service.js';
import { SubAffiliatePage, SubAffiliatesQuery } from './sub-affiliates.dto.js';

/** Partners whom the partner brought into the program (A19). */
@ApiTags('Partner: sub-affiliates')
@ApiBearerAuth()
@Controller('partner/sub-affiliates')
export class PartnerSubAffiliatesController {
  constructor(
    private readonly tree: SubAffiliateTree,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:sub-affiliates:read')
  @ApiOperation({ summary: 'List own sub-affiliates of every level, newest first' })
  @ApiOkResponse({ type: SubAffiliatePage })
  @ApiProblems(400)
  list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: SubAffiliatesQuery,
  ): Promise<SubAffiliatePage> {
    return this.tree.list(this.dataSource, partnerId, query);
  }
}
