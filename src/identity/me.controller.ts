import { Body, Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { ApiProblems, UnitOfWork } from '../platform/index.js';
import { type Actor, CurrentActor, Requires } from './actor.js';
import { DoneResponse } from './auth.dto.js';
import { MeResponse, StatisticTokenResponse, toUserDto, UpdateMeDto } from './me.dto.js';
import { EmailChanges } from './email-changes.service.js';
import { OwnProfile } from './own-profile.service.js';
import { StatisticTokens } from './statistic-tokens.service.js';
import { User } from './user.entity.js';

/** The actor's own account (A22). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('me')
export class MeController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly profile: OwnProfile,
    private readonly emailChanges: EmailChanges,
    private readonly statisticTokens: StatisticTokens,
  ) {}

  @Get()
  @Requires('account:read')
  @ApiOperation({ summary: 'Who is acting, for whom, and what is allowed' })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems(401)
  async read(@CurrentActor() actor: Actor): Promise<MeResponse> {
    const user = await this.dataSource.getRepository(User).findOneByOrFail({ id: actor.userId });
    const { realm, role, partnerId, brandId, active, permissions, impersonation = null } = actor;
    return {
      user: toUserDto(user),
      realm,
      role,
      partnerId,
      brandId,
      active,
      permissions: [...permissions],
      impersonating: impersonation !== null,
      impersonation,
      emailChange: await this.emailChanges.find(this.dataSource, actor.userId),
    };
  }

  @Patch()
  @Requires('account:own')
  @ApiOperation({ summary: 'Change your name, phone, default report currency or e-mail subscriptions' })
  @ApiOkResponse({ type: MeResponse })
  @ApiProblems(400, 401, 422)
  async update(@CurrentActor() actor: Actor, @Body() body: UpdateMeDto): Promise<MeResponse> {
    await this.unitOfWork.run((tx) => this.profile.update(tx, actor.userId, body));
    return this.read(actor);
  }

  @Get('statistic-token')
  @Requires('partner:statistic-token:own')
  @ApiOperation({ summary: 'Show your statistics token for the report API' })
  @ApiOkResponse({ type: StatisticTokenResponse })
  @ApiProblems(401, 403)
  async statisticToken(@CurrentActor() actor: Actor): Promise<StatisticTokenResponse> {
    return { token: await this.unitOfWork.run((tx) => this.statisticTokens.get(tx, actor.userId)) };
  }

  @Post('statistic-token/expire')
  @HttpCode(200)
  @Requires('partner:statistic-token:own')
  @ApiOperation({ summary: 'Expire your statistics token; the next one shown is new' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(401, 403)
  async expireStatisticToken(@CurrentActor() actor: Actor): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.statisticTokens.expire(tx, actor.userId));
    return { done: true };
  }
}
