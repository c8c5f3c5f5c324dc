import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, CountedAs, PathId, UnitOfWork } from '../../platform/index.js';
import { BroadcastDesk } from './broadcast-desk.service.js';
import { BroadcastMoves } from './broadcast-moves.service.js';
import { BroadcastDto, BroadcastPreviewDto, TestSentDto } from './broadcasts.dto.js';

/** What is done with a broadcast that is written (O04). */
@ApiTags('broadcasts')
@ApiBearerAuth()
@Controller('partner/broadcasts/:id')
export class BroadcastMovesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: BroadcastMoves,
    private readonly desk: BroadcastDesk,
  ) {}

  @Get('preview')
  @CountedAs('report')
  @Requires('partner:broadcasts:read')
  @ApiOperation({ summary: 'Show the mail for a reader called Ann, and how many followers would get it now' })
  @ApiOkResponse({ type: BroadcastPreviewDto })
  @ApiProblems(400, 401, 403, 404)
  preview(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<BroadcastPreviewDto> {
    return this.desk.preview(this.dataSource, partnerId, id);
  }

  @Post('test')
  @HttpCode(200)
  @CountedAs('recovery')
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Mail the broadcast to yourself' })
  @ApiOkResponse({ type: TestSentDto })
  @ApiProblems(400, 401, 403, 404)
  async test(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<TestSentDto> {
    return { to: await this.unitOfWork.run((tx) => this.desk.sendTest(tx, actor, id)) };
  }

  @Post('submit')
  @HttpCode(200)
  @Requires('partner:broadcasts:write')
  @ApiOperation({
    summary: 'Submit a draft',
    description:
      'For followers it is scheduled. Beyond followers it waits for an operator; undecided at its start it expires.',
  })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  submit(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<BroadcastDto> {
    return this.unitOfWork.run((tx) => this.moves.submit(tx, actor, id));
  }

  @Post('pause')
  @HttpCode(200)
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Pause a broadcast that is being sent' })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409)
  pause(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<BroadcastDto> {
    return this.unitOfWork.run((tx) => this.moves.pause(tx, actor, id));
  }

  @Post('resume')
  @HttpCode(200)
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Go on with a paused broadcast where it was stopped' })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409)
  resume(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<BroadcastDto> {
    return this.unitOfWork.run((tx) => this.moves.resume(tx, actor, id));
  }

  @Post('cancel')
  @HttpCode(200)
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Cancel a broadcast for good; who has not got it will not' })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409)
  cancel(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<BroadcastDto> {
    return this.unitOfWork.run((tx) => this.moves.cancel(tx, actor, id));
  }
}
