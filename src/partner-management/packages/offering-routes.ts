import { Body, Get, HttpCode, Patch, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
  wholeList,
} from '../../platform/index.js';
import type { OfferingKind } from '../domain/entitlements.js';
import {
  ChangeOfferingDto,
  CreateOfferingDto,
  OfferingDto,
  OfferingList,
  OfferingQuery,
} from './offerings.dto.js';
import { Offerings, OFFERINGS } from './offerings.service.js';

/** The routes by which operators look after what partners may ask for: the same for packages and add-ons. */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function offeringRoutes(kind: OfferingKind): Type<object> {
  const { name } = OFFERINGS[kind];
  const a = kind === 'add_on' ? 'an' : 'a';

  @ApiTags('partners')
  @ApiBearerAuth()
  class OfferingRoutes {
    constructor(
      private readonly dataSource: DataSource,
      private readonly unitOfWork: UnitOfWork,
      private readonly idempotency: Idempotency,
      private readonly offerings: Offerings,
    ) {}

    @Get()
    @Requires('operator:packages:read')
    @ApiOperation({ summary: `List ${name}s, the active ones by default` })
    @ApiOkResponse({ type: OfferingList })
    @ApiProblems(400, 401, 403)
    async list(@Query() query: OfferingQuery): Promise<OfferingList> {
      return wholeList(await this.offerings.list(this.dataSource, kind, query));
    }

    @Post()
    @Requires('operator:packages:write')
    @ApiOperation({ summary: `Add ${a} ${name}` })
    @ApiCreatedResponse({ type: OfferingDto })
    @ApiProblems(400, 401, 403, 409, 422)
    create(
      @CurrentActor() actor: Actor,
      @Body() body: CreateOfferingDto,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    ): Promise<OfferingDto> {
      return this.idempotency.run(key, (tx) => this.offerings.create(tx, actor, kind, body));
    }

    @Get(':id')
    @Requires('operator:packages:read')
    @ApiOperation({ summary: `Show ${a} ${name}` })
    @ApiOkResponse({ type: OfferingDto })
    @ApiProblems(400, 401, 403, 404)
    get(@PathId() id: string): Promise<OfferingDto> {
      return this.offerings.get(this.dataSource, kind, id);
    }

    @Patch(':id')
    @Requires('operator:packages:write')
    @ApiOperation({
      summary: `Change ${a} ${name}`,
      description:
        'Partners who have it have what it allows from now on. What they have made stays; above a limit they make no more.',
    })
    @ApiOkResponse({ type: OfferingDto })
    @ApiProblems(400, 401, 403, 404, 409, 422)
    change(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Body() body: ChangeOfferingDto,
    ): Promise<OfferingDto> {
      return this.unitOfWork.run((tx) => this.offerings.change(tx, actor, kind, id, body));
    }

    @Post(':id/archive')
    @HttpCode(200)
    @Requires('operator:packages:write')
    @ApiOperation({ summary: `Archive ${a} ${name}: it cannot be asked for any more; who has it keeps it` })
    @ApiOkResponse({ type: OfferingDto })
    @ApiProblems(400, 401, 403, 404, 409)
    archive(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OfferingDto> {
      return this.unitOfWork.run((tx) => this.offerings.archive(tx, actor, kind, id));
    }
  }
  return OfferingRoutes;
}
