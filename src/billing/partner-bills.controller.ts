import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, PathId } from '../platform/index.js';
import { BillDto, BillPageDto, BillsQuery } from './bills.dto.js';
import { Bills } from './bills.service.js';

@ApiTags('Partner: bills')
@ApiBearerAuth()
@Controller('partner/bills')
export class PartnerBillsController {
  constructor(
    private readonly bills: Bills,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:bills:read')
  @ApiOperation({ summary: 'List your bills, newest first or in the order asked for' })
  @ApiOkResponse({ type: BillPageDto })
  @ApiProblems(400)
  list(@CurrentActor() actor: Actor, @Query() query: BillsQuery): Promise<BillPageDto> {
    return this.bills.list(this.dataSource.manager, { ...query, partnerId: actor.partnerId! });
  }

  @Get(':id')
  @Requires('partner:bills:read')
  @ApiOperation({ summary: 'Show a bill with its lines, their explanations and its corrections' })
  @ApiOkResponse({ type: BillDto })
  @ApiProblems(400, 404)
  get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<BillDto> {
    return this.bills.get(this.dataSource.manager, id, actor.partnerId!);
  }
}
