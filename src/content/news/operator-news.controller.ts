import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { NewsDesk } from './news-desk.service.js';
import {
  CreateNewsDto,
  OperatorNewsDto,
  OperatorNewsPage,
  OperatorNewsQuery,
  PublishNewsDto,
  UpdateNewsDto,
} from './news.dto.js';

/** News as operators write it (A21). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/news')
export class OperatorNewsController {
  constructor(
    private readonly desk: NewsDesk,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Write news; it is a draft until it is published' })
  @ApiCreatedResponse({ type: OperatorNewsDto })
  @ApiProblems(400, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateNewsDto,
  ): Promise<OperatorNewsDto> {
    return this.idempotency.run(key, (tx) => this.desk.create(tx, actor, body));
  }

  @Get()
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'List news, newest first' })
  @ApiOkResponse({ type: OperatorNewsPage })
  @ApiProblems(400)
  list(@Query() query: OperatorNewsQuery): Promise<OperatorNewsPage> {
    return this.desk.list(query);
  }

  @Get(':id')
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'Show news, as it was written and as partners see it' })
  @ApiOkResponse({ type: OperatorNewsDto })
  @ApiProblems(400, 404)
  get(@PathId() id: string): Promise<OperatorNewsDto> {
    return this.desk.get(id);
  }

  @Patch(':id')
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Change news or whom it is for, published or not' })
  @ApiOkResponse({ type: OperatorNewsDto })
  @ApiProblems(400, 404, 422)
  change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateNewsDto,
  ): Promise<OperatorNewsDto> {
    return this.unitOfWork.run((tx) => this.desk.change(tx, actor, id, body));
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Show news to the partners whom it is for, now or from a time on' })
  @ApiOkResponse({ type: OperatorNewsDto })
  @ApiProblems(400, 404, 409)
  publish(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { publishAt }: PublishNewsDto,
  ): Promise<OperatorNewsDto> {
    const at = publishAt === undefined ? null : new Date(publishAt);
    return this.unitOfWork.run((tx) => this.desk.publish(tx, actor, id, at));
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Take published news away from partners' })
  @ApiOkResponse({ type: OperatorNewsDto })
  @ApiProblems(400, 404, 409)
  archive(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorNewsDto> {
    return this.unitOfWork.run((tx) => this.desk.archive(tx, actor, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Delete a draft with its images' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.desk.delete(tx, actor, id));
  }
}
