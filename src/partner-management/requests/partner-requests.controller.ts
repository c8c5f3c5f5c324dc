import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { AddOnRequests } from './add-on-requests.js';
import { PartnerRequests } from './partner-requests.service.js';
import { PartnershipRequests } from './partnership-requests.js';
import { RequestLists } from './request-lists.service.js';
import {
  OpenRequestDto,
  PartnerRequestDto,
  PartnerRequestPage,
  PartnerRequestQuery,
} from './requests.dto.js';

/** What a partner asks the program for. */
@ApiTags('requests')
@ApiBearerAuth()
@Controller('partner/requests')
export class PartnerRequestsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly requests: PartnerRequests,
    private readonly partnerships: PartnershipRequests,
    private readonly addOns: AddOnRequests,
    private readonly lists: RequestLists,
  ) {}

  @Get()
  @Requires('partner:requests:read')
  @ApiOperation({ summary: 'List your requests, newest first' })
  @ApiOkResponse({ type: PartnerRequestPage })
  @ApiProblems(400, 401, 403)
  list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PartnerRequestQuery,
  ): Promise<PartnerRequestPage> {
    return this.lists.listOf(partnerId, query);
  }

  @Post()
  @Requires('partner:requests:write')
  @ApiOperation({
    summary: 'Ask for another package, or for an add-on',
    description:
      'One request for a package at a time, and one for each add-on; what you have stays yours until an operator has ' +
      'decided. Requests about broadcasts and advertising are made where those are.',
  })
  @ApiCreatedResponse({ type: PartnerRequestDto })
  @ApiProblems(400, 401, 403, 409, 422)
  open(
    @CurrentActor() actor: PartnerActor,
    @Body() body: OpenRequestDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PartnerRequestDto> {
    return this.idempotency.run(key, async (tx) => {
      const { type, packageId, addOnId, description } = body;
      const id = await (type === 'partnership'
        ? this.partnerships.open(tx, actor, { packageId: packageId!, description })
        : this.addOns.open(tx, actor, { addOnId: addOnId!, description }));
      return this.lists.getOf(tx, actor.partnerId, id);
    });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('partner:requests:write')
  @ApiOperation({ summary: 'Take a request back that is not decided' })
  @ApiOkResponse({ type: PartnerRequestDto })
  @ApiProblems(400, 401, 403, 404, 409)
  cancel(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<PartnerRequestDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.requests.cancel(tx, actor, id);
      return this.lists.getOf(tx, actor.partnerId, id);
    });
  }
}
