import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { SocialAccounts } from '../../partner-management/index.js';
import { ApiProblems, PathId, UnitOfWork, wholeList } from '../../platform/index.js';
import { ConnectedAccounts } from './connected-accounts.service.js';
import { Platforms } from './platforms/platforms.js';
import { SocialAccountList, toConnectedAccountDto } from './social-accounts.dto.js';

/** A creator's accounts at social platforms: those it signed up with, and those it connected (T08, E05). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('partner/social-accounts')
export class PartnerSocialAccountsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly signedUpWith: SocialAccounts,
    private readonly accounts: ConnectedAccounts,
    private readonly platforms: Platforms,
  ) {}

  @Get()
  @Requires('partner:profile:read')
  @ApiOperation({
    summary: 'List your social accounts: how far their verification is, and which are connected',
  })
  @ApiOkResponse({ type: SocialAccountList })
  @ApiProblems(401, 403)
  async list(@CurrentActor() { partnerId }: PartnerActor): Promise<SocialAccountList> {
    const items = await this.signedUpWith.listOf(this.dataSource, partnerId);
    const connected = await this.accounts.listOf(this.dataSource, partnerId);
    const connections = connected.map((account) => toConnectedAccountDto(account, items));
    return { ...wholeList(items), connections, platforms: this.platforms.configured() };
  }

  @Delete('connections/:id')
  @HttpCode(200)
  @Requires('partner:social-accounts:write')
  @ApiOperation({
    summary:
      'Disconnect an account: the program forgets its access, and gives it back where the platform has a way',
    description:
      'Your posts in campaigns stay as they are, and are not looked at any more until you connect again.',
  })
  @ApiOkResponse({ type: SocialAccountList })
  @ApiProblems(400, 401, 403, 404)
  async disconnect(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<SocialAccountList> {
    await this.unitOfWork.run((tx) => this.accounts.disconnect(tx, actor, id));
    return this.list(actor);
  }
}
