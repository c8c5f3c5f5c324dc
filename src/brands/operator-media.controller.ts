import { Body, Controller, Get, Patch, Post, Query, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import {
  AcceptsUpload,
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../platform/index.js';
import { MediaDesk } from './media-desk.service.js';
import {
  CreateMediumDto,
  OperatorMediaPage,
  OperatorMediaQuery,
  OperatorMediumResponse,
  UpdateMediumDto,
  UploadMediumDto,
} from './media.dto.js';
import { MediaUploads } from './media-uploads.service.js';
import { Media } from './media.service.js';

/** The media library, for operators (A04). */
@ApiTags('Operator: landings and media')
@ApiBearerAuth()
@Controller('operator')
export class OperatorMediaController {
  constructor(
    private readonly media: Media,
    private readonly uploads: MediaUploads,
    private readonly desk: MediaDesk,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Post('media')
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Add a medium to a brand that lies at an address elsewhere, or a text link' })
  @ApiCreatedResponse({ type: OperatorMediumResponse })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateMediumDto,
  ): Promise<OperatorMediumResponse> {
    return this.idempotency.run(key, async (tx) => this.desk.show(await this.media.create(tx, actor, body)));
  }

  @Post('media/images')
  @Requires('operator:brands:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Upload an image to a brand’s media',
    description:
      'One .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB whose content is what its name says. Width and ' +
      'height are read from it. HTML5 banners (.zip) are not taken.',
  })
  @ApiBody({ type: UploadMediumDto })
  @ApiCreatedResponse({ type: OperatorMediumResponse })
  @ApiProblems(400, 404, 413, 415, 422)
  upload(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Req() request: FastifyRequest,
  ): Promise<OperatorMediumResponse> {
    return this.uploads.receive(actor, request, key);
  }

  @Get('media')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List media' })
  @ApiOkResponse({ type: OperatorMediaPage })
  @ApiProblems(400)
  list(@Query() query: OperatorMediaQuery): Promise<OperatorMediaPage> {
    return this.desk.listAll(query);
  }

  @Get('media/:id')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'Show a medium' })
  @ApiOkResponse({ type: OperatorMediumResponse })
  @ApiProblems(400, 404)
  get(@PathId() id: string): Promise<OperatorMediumResponse> {
    return this.desk.get(id);
  }

  @Patch('media/:id')
  @Requires('operator:brands:write')
  @ApiOperation({
    summary: 'Change a medium, or whom it is for',
    description: 'Promos that show it go on showing it, also when it is made inactive or private to others.',
  })
  @ApiOkResponse({ type: OperatorMediumResponse })
  @ApiProblems(400, 404, 422)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateMediumDto,
  ): Promise<OperatorMediumResponse> {
    return this.desk.show(await this.unitOfWork.run((tx) => this.media.change(tx, actor, id, body)));
  }
}
