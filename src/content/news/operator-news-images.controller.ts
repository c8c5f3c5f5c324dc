import { Controller, Delete, Get, HttpCode, Post, Req, Res, type StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  AcceptsUpload,
  ApiProblems,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { ApiImage, imageAnswer } from './news-image-answer.js';
import { NewsImages } from './news-images.service.js';
import { NewsImageDto, UploadNewsImageDto } from './news.dto.js';

/** Images of news, for operators (A21). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/news/:id/images')
export class OperatorNewsImagesController {
  constructor(
    private readonly images: NewsImages,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Post()
  @Requires('operator:content:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Add an image to news',
    description:
      'One .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB whose content is what its name says; ten at most.',
  })
  @ApiBody({ type: UploadNewsImageDto })
  @ApiCreatedResponse({ type: NewsImageDto })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  upload(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Req() request: FastifyRequest,
  ): Promise<NewsImageDto> {
    return this.images.receive(actor, id, request, key);
  }

  @Get(':imageId')
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'Fetch an image of news' })
  @ApiImage()
  @ApiProblems(400, 404)
  async get(
    @PathId() id: string,
    @PathId('imageId') imageId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return imageAnswer(reply, await this.images.open(id, imageId));
  }

  @Delete(':imageId')
  @HttpCode(204)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Take an image away from news' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  delete(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @PathId('imageId') imageId: string,
  ): Promise<void> {
    return this.unitOfWork.run((tx) => this.images.delete(tx, actor, id, imageId));
  }
}
