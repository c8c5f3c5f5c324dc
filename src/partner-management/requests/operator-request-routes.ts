import { Body, Get, HttpCode, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, type Page, PathId, type Tx, UnitOfWork } from '../../platform/index.js';
import type { RequestKind } from '../domain/request-life.js';
import { requestName } from '../domain/request-words.js';
import { PartnerRequests } from './partner-requests.service.js';
import { RequestLists } from './request-lists.service.js';
import {
  OperatorRequestDto,
  OperatorRequestPage,
  OperatorRequestQuery,
  RejectRequestDto,
} from './requests.dto.js';

/**
 * The routes by which operators decide requests: the same for all kinds (O01, O03–O06).
 * @param item what the API's documentation says a request of the kind is, where it has a `preview`
 * @param page the same of a page of them
 */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function operatorRequestRoutes(
  kind: RequestKind,
  item: Type<OperatorRequestDto> = OperatorRequestDto,
  page: Type<Page<OperatorRequestDto>> = OperatorRequestPage,
): Type<object> {
  const name = requestName(kind);
  const a = /^[aeiou]/.test(name) ? 'an' : 'a';

  @ApiTags('requests')
  @ApiBearerAuth()
  class OperatorRequestRoutes {
    constructor(
      private readonly dataSource: DataSource,
      private readonly unitOfWork: UnitOfWork,
      private readonly requests: PartnerRequests,
      private readonly lists: RequestLists,
    ) {}

    @Get()
    @Requires('operator:requests:read')
    @ApiOperation({ summary: `List ${name}s, the pending ones by default` })
    @ApiOkResponse({ type: page })
    @ApiProblems(400, 401, 403)
    list(@Query() query: OperatorRequestQuery): Promise<Page<OperatorRequestDto>> {
      return this.lists.list(kind, query);
    }

    @Get(':id')
    @Requires('operator:requests:read')
    @ApiOperation({ summary: `Show ${a} ${name}` })
    @ApiOkResponse({ type: item })
    @ApiProblems(400, 401, 403, 404)
    get(@PathId() id: string): Promise<OperatorRequestDto> {
      return this.lists.get(this.dataSource, kind, id);
    }

    @Post(':id/approve')
    @HttpCode(200)
    @Requires('operator:requests:decide')
    @ApiOperation({ summary: `Approve ${a} ${name}` })
    @ApiOkResponse({ type: item })
    @ApiProblems(400, 401, 403, 404, 409)
    approve(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorRequestDto> {
      return this.decided(id, (tx) => this.requests.approve(tx, actor, kind, id));
    }

    @Post(':id/reject')
    @HttpCode(200)
    @Requires('operator:requests:decide')
    @ApiOperation({ summary: `Reject ${a} ${name} with a description that is mailed` })
    @ApiOkResponse({ type: item })
    @ApiProblems(400, 401, 403, 404, 409)
    reject(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Body() { description }: RejectRequestDto,
    ): Promise<OperatorRequestDto> {
      return this.decided(id, (tx) => this.requests.reject(tx, actor, kind, id, description));
    }

    private decided(id: string, decide: (tx: Tx) => Promise<void>): Promise<OperatorRequestDto> {
      return this.unitOfWork.run(async (tx) => {
        await decide(tx);
        return this.lists.get(tx, kind, id);
      });
    }
  }
  return OperatorRequestRoutes;
}
