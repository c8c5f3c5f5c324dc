import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, FreshSignIn, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Clock,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
} from '../../platform/index.js';
import { JoiningCampaigns } from '../joining/joining.service.js';
import { JobSearch } from './job-search.service.js';
import {
  JobPage,
  JobResponse,
  JobsQuery,
  JoinJobDto,
  ParticipationResponse,
  toJobResponse,
  toParticipationResponse,
} from './jobs.dto.js';

/** Creators look for public campaigns and join them (E01, E05). */
@ApiTags('Partner: jobs')
@ApiBearerAuth()
@Controller('partner/jobs')
export class PartnerJobsController {
  constructor(
    private readonly search: JobSearch,
    private readonly joining: JoiningCampaigns,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('partner:jobs:read')
  @ApiOperation({
    summary: 'Search for public campaigns that are upcoming or ongoing, newest first',
    description: 'Each says whether you can join it, and every reason why not.',
  })
  @ApiOkResponse({ type: JobPage })
  @ApiProblems(400)
  async list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: JobsQuery): Promise<JobPage> {
    const now = this.clock.now();
    return mapPage(await this.search.list(partnerId, query), (job) => toJobResponse(job, now));
  }

  @Get(':id')
  @Requires('partner:jobs:read')
  @ApiOperation({ summary: 'Show a public campaign' })
  @ApiOkResponse({ type: JobResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<JobResponse> {
    return toJobResponse(await this.search.get(partnerId, id), this.clock.now());
  }

  @Post(':id/join')
  @Requires('partner:jobs:join')
  @FreshSignIn()
  @ApiOperation({
    summary: 'Join a campaign with one of your accounts',
    description:
      'While nobody can join, 409 with the code that the job gives as reason, `ALREADY_JOINED` for an account that has; ' +
      'when the account cannot join otherwise, 422 `NOT_ELIGIBLE` has all `reasons`.',
  })
  @ApiCreatedResponse({ type: ParticipationResponse })
  @ApiProblems(400, 404, 409, 422)
  join(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: JoinJobDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<ParticipationResponse> {
    return this.idempotency.run(key, async (tx) =>
      toParticipationResponse(await this.joining.join(tx, actor, id, body)),
    );
  }
}
