import { Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { ApiImage, imageAnswer } from './news-image-answer.js';
import { NewsImages } from './news-images.service.js';
import { NewsReading } from './news-reading.service.js';
import { NewsDto, NewsPage, NewsQuery } from './news.dto.js';

/** News for partners (A21). */
@ApiTags('Partner: news')
@ApiBearerAuth()
@Controller('partner/news')
export class PartnerNewsController {
  constructor(
    private readonly reading: NewsReading,
    private readonly images: NewsImages,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Get()
  @Requires('partner:news:read')
  @ApiOperation({ summary: 'List news, newest first, and how many of them you have not read' })
  @ApiOkResponse({ type: NewsPage })
  @ApiProblems(400)
  list(@CurrentActor() actor: PartnerActor, @Query() query: NewsQuery): Promise<NewsPage> {
    return this.reading.list(actor, query);
  }

  @Get(':id')
  @Requires('partner:news:read')
  @ApiOperation({ summary: 'Show news' })
  @ApiOkResponse({ type: NewsDto })
  @ApiProblems(400, 404)
  get(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<NewsDto> {
    return this.reading.get(actor, id);
  }

  @Post(':id/read')
  @HttpCode(204)
  @Requires('partner:news:mark')
  @ApiOperation({ summary: 'Mark news as read by yourself' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  markRead(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.reading.markRead(tx, actor, id));
  }

  @Get(':id/images/:imageId')
  @Requires('partner:news:read')
  @ApiOperation({ summary: 'Fetch an image of news' })
  @ApiImage()
  @ApiProblems(400, 404)
  async image(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @PathId('imageId') imageId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.reading.assertSeen(actor, id);
    return imageAnswer(reply, await this.images.open(id, imageId));
  }
}
