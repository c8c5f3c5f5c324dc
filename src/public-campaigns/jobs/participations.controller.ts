import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
} from '../../platform/index.js';
import { campaignsById } from '../campaigns/campaign-rows.js';
import { acceptedTerms, getParticipation, listParticipations } from '../joining/participation-rows.js';
import { PostDesk } from '../posts/post-desk.service.js';
import { PostSubmissions } from '../posts/post-submissions.service.js';
import { PostPage, PostResponse, PostsQuery, SubmitPostDto } from '../posts/posts.dto.js';
import { ParticipationDetail, ParticipationPage, toParticipationResponse } from './jobs.dto.js';

/** A creator's accounts in campaigns, and their posts (E06). */
@ApiTags('Partner: jobs')
@ApiBearerAuth()
@Controller('partner/participations')
export class ParticipationsController {
  constructor(
    private readonly submissions: PostSubmissions,
    private readonly desk: PostDesk,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:jobs:read')
  @ApiOperation({ summary: 'List what you have joined, latest first' })
  @ApiOkResponse({ type: ParticipationPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PageQuery,
  ): Promise<ParticipationPage> {
    const page = await listParticipations(this.dataSource, { ...query, partnerId });
    const campaigns = await campaignsById(
      this.dataSource,
      page.items.map(({ campaignId }) => campaignId),
    );
    return mapPage(page, (participation) => ({
      ...toParticipationResponse(participation),
      title: campaigns.get(participation.campaignId)!.title,
    }));
  }

  @Get(':id')
  @Requires('partner:jobs:read')
  @ApiOperation({ summary: 'Show a participation, with the terms that were accepted' })
  @ApiOkResponse({ type: ParticipationDetail })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<ParticipationDetail> {
    const participation = await getParticipation(this.dataSource, id, partnerId);
    const campaigns = await campaignsById(this.dataSource, [participation.campaignId]);
    return {
      ...toParticipationResponse(participation),
      title: campaigns.get(participation.campaignId)!.title,
      terms: await acceptedTerms(this.dataSource, participation),
    };
  }

  @Get(':id/posts')
  @Requires('partner:jobs:read')
  @ApiOperation({
    summary: 'List the posts of a participation, newest first',
    description: 'Posts that do not count are kept, with the reason.',
  })
  @ApiOkResponse({ type: PostPage })
  @ApiProblems(400, 404)
  async posts(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() query: PostsQuery,
  ): Promise<PostPage> {
    await getParticipation(this.dataSource, id, partnerId);
    return this.desk.page({ ...query, participationId: id });
  }

  @Post(':id/posts')
  @Requires('partner:posts:write')
  @ApiOperation({
    summary: 'Give the address of a post that was not found by itself',
    description: 'Posts of your account are found within 20 minutes; this is for those that are not.',
  })
  @ApiCreatedResponse({ type: PostResponse })
  @ApiProblems(400, 404, 409, 422)
  submit(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() { url }: SubmitPostDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PostResponse> {
    return this.idempotency.run(key, async (tx) =>
      this.desk.show(tx, await this.submissions.submit(tx, actor, id, url)),
    );
  }
}
