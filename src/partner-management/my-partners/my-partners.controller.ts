import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PageQuery,
  PathId,
  UnitOfWork,
  wholeList,
} from '../../platform/index.js';
import { PartnerDto } from '../partners.dto.js';
import { Partners } from '../partners.service.js';
import { BulkPartners } from './bulk-partners.service.js';
import {
  AddNoteDto,
  BulkPartnersDto,
  BulkResultDto,
  ChangePartnerDto,
  PartnerGroupList,
  PartnerNoteDto,
  PartnerNotePage,
} from './my-partners.dto.js';
import { PartnerMarks } from './partner-marks.service.js';
import { PartnerNotes } from './partner-notes.service.js';

/** What operators keep about their partners, and do with many at once (O08). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator')
export class MyPartnersController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly partners: Partners,
    private readonly marks: PartnerMarks,
    private readonly notes: PartnerNotes,
    private readonly bulk: BulkPartners,
  ) {}

  @Get('partner-groups')
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List the groups of partners' })
  @ApiOkResponse({ type: PartnerGroupList })
  @ApiProblems(401, 403)
  async groups(): Promise<PartnerGroupList> {
    return wholeList(await this.marks.groups());
  }

  @Post('partners/bulk')
  @HttpCode(200)
  @Requires('operator:partners:write')
  @ApiOperation({
    summary: 'Do the same with many partners',
    description:
      'With each partner by itself: those with whom it cannot be done are listed with the reason. `dryRun` tells ' +
      'beforehand. 500 partners at once at most.',
  })
  @ApiOkResponse({ type: BulkResultDto })
  @ApiProblems(400, 401, 403, 422)
  bulkChange(@CurrentActor() actor: Actor, @Body() command: BulkPartnersDto): Promise<BulkResultDto> {
    return this.bulk.run(actor, command);
  }

  @Patch('partners/:id')
  @Requires('operator:partners:write')
  @ApiOperation({ summary: 'Set what your billing system calls a partner, and its groups' })
  @ApiOkResponse({ type: PartnerDto })
  @ApiProblems(400, 401, 403, 404)
  change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() marks: ChangePartnerDto,
  ): Promise<PartnerDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.marks.change(tx, actor, id, marks);
      return this.partners.get(tx, id);
    });
  }

  @Get('partners/:id/notes')
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List the notes about a partner, newest first; it does not see them' })
  @ApiOkResponse({ type: PartnerNotePage })
  @ApiProblems(400, 401, 403, 404)
  listNotes(@PathId() id: string, @Query() page: PageQuery): Promise<PartnerNotePage> {
    return this.notes.list(id, page);
  }

  @Post('partners/:id/notes')
  @Requires('operator:partners:write')
  @ApiOperation({ summary: 'Add a note about a partner; notes stay' })
  @ApiCreatedResponse({ type: PartnerNoteDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  addNote(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { text }: AddNoteDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PartnerNoteDto> {
    return this.idempotency.run(key, (tx) => this.notes.add(tx, actor, id, text));
  }
}
