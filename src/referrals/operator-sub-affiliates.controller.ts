import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../identity/index.js';
import { Partners } from '../partner-management/index.js';
import { ApiProblems } from '../platform/index.js';
import { SubAffiliateTree } from './sub-affiliate-tree.service.js';
import { SubAffiliatePage, SubAffiliatesQuery } from './sub-affiliates.dto.js';

/** Partners whom a partner brought into the program, for operators (A19). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partners/:id/sub-affiliates')
export class OperatorSubAffiliatesController {
  constructor(
    private readonly tree: SubAffiliateTree,
    private readonly partners: Partners,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List the sub-affiliates of a partner as it sees them, newest first' })
  @ApiOkResponse({ type: SubAffiliatePage })
  @ApiProblems(400, 404)
  async list(
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: SubAffiliatesQuery,
  ): Promise<SubAffiliatePage> {
    await this.partners.get(this.dataSource, id);
    return this.tree.list(this.dataSource, id, query);
  }
}
