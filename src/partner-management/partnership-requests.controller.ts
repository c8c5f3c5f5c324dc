import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, UnitOfWork } from '../platform/index.js';
import {
  PartnershipRequestDto,
  PartnershipRequestPage,
  PartnershipRequestQuery,
  RejectRequestDto,
} from './partnership-requests.dto.js';
import { PartnershipRequests } from './partnership-requests.service.js';

/** Partnership requests for operators (O01, O02). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partnership-requests')
export class PartnershipRequestsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly requests: PartnershipRequests,
  ) {}

  @Get()
  @Requires('operator:requests:read')
  @ApiOperation({ summary: 'List partnership requests, the pending ones by default' })
  @ApiOkResponse({ type: PartnershipRequestPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: PartnershipRequestQuery): Promise<PartnershipRequestPage> {
    return this.requests.list(query);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Requires('operator:requests:decide')
  @ApiOperation({ summary: 'Approve a partnership request' })
  @ApiOkResponse({ type: PartnershipRequestDto })
  @ApiProblems(400, 401, 403, 404, 409)
  approve(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<PartnershipRequestDto> {
    return this.unitOfWork.run((tx) => this.requests.approve(tx, actor, id));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Requires('operator:requests:decide')
  @ApiOperation({ summary: 'Reject a partnership request with a description that is mailed' })
  @ApiOkResponse({ type: PartnershipRequestDto })
  @ApiProblems(400, 401, 403, 404, 409)
  reject(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: RejectRequestDto,
  ): Promise<PartnershipRequestDto> {
    return this.unitOfWork.run((tx) => this.requests.reject(tx, actor, id, body.description));
  }
}
