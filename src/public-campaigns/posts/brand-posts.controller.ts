import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { getOfBrand } from '../campaigns/public-campaigns.service.js';
import { PostDesk } from './post-desk.service.js';
import { getPostOfBrand, PostReviews } from './post-reviews.service.js';
import { PostPage, PostResponse, PostsQuery, RejectPostDto } from './posts.dto.js';

/** Posts for a brand's campaigns, and what it decides on them (E07). */
@ApiTags('Brand: public campaigns')
@ApiBearerAuth()
@Controller('brand')
export class BrandPostsController {
  constructor(
    private readonly reviews: PostReviews,
    private readonly desk: PostDesk,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get('public-campaigns/:id/posts')
  @Requires('brand:public-campaigns:read')
  @ApiOperation({ summary: 'List the posts of a campaign, newest first' })
  @ApiOkResponse({ type: PostPage })
  @ApiProblems(400, 404)
  async list(
    @CurrentActor() { brandId }: BrandActor,
    @PathId() campaignId: string,
    @Query() query: PostsQuery,
  ): Promise<PostPage> {
    await getOfBrand(this.dataSource.manager, brandId, campaignId);
    return this.desk.page({ ...query, campaignId });
  }

  @Get('posts/:id')
  @Requires('brand:public-campaigns:read')
  @ApiOperation({ summary: 'Show a post' })
  @ApiOkResponse({ type: PostResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { brandId }: BrandActor, @PathId() id: string): Promise<PostResponse> {
    const db = this.dataSource.manager;
    return this.desk.show(db, await getPostOfBrand(db, brandId, id));
  }

  @Post('posts/:id/approve')
  @HttpCode(200)
  @Requires('brand:posts:decide')
  @ApiOperation({
    summary: 'Approve a post, while the campaign runs or after',
    description:
      'It becomes payable when the campaign is over; then the creator is written to. Posts that nobody decides on are ' +
      'approved 14 days after the end; from then on 409 `REVIEW_PERIOD_OVER`. While the campaign runs a decision may be ' +
      'taken back. A missing tag and the period may be overlooked; other faults, and what is decided, are refused with ' +
      '409 `POST_STATE_CONFLICT`. While the campaign is paused nothing more is accrued until it is resumed or over.',
  })
  @ApiOkResponse({ type: PostResponse })
  @ApiProblems(400, 404, 409)
  approve(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<PostResponse> {
    return this.unitOfWork.run(async (tx) => this.desk.show(tx, await this.reviews.approve(tx, actor, id)));
  }

  @Post('posts/:id/reject')
  @HttpCode(200)
  @Requires('brand:posts:decide')
  @ApiOperation({
    summary: 'Do not approve a post, for a reason that its creator reads',
    description:
      'What was accrued for it goes back to the budget, and to other posts that wait for some; while the campaign is ' +
      'paused, when it is resumed or over. 14 days after the end posts that count are approved: 409 `REVIEW_PERIOD_OVER`.',
  })
  @ApiOkResponse({ type: PostResponse })
  @ApiProblems(400, 404, 409)
  reject(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() { reason }: RejectPostDto,
  ): Promise<PostResponse> {
    return this.unitOfWork.run(async (tx) =>
      this.desk.show(tx, await this.reviews.reject(tx, actor, id, reason)),
    );
  }
}
