import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { type Actor, CurrentActor, Financial, FreshSignIn, Requires } from '../actor.js';
import { MemberBlocks } from './member-blocks.service.js';
import { MemberChanges } from './member-changes.service.js';
import { BlockUserDto, OperatorUserDto, ResetTwoFactorDto } from './members.dto.js';
import { TwoFactorResets } from './two-factor-resets.service.js';

/** Who of the people with an account gets in, for operators (A32). */
@ApiTags('users')
@ApiBearerAuth()
@Controller('operator/users')
export class OperatorUserAccessController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly blocks: MemberBlocks,
    private readonly changes: MemberChanges,
    private readonly twoFactorResets: TwoFactorResets,
  ) {}

  @Post(':id/block')
  @HttpCode(200)
  @Requires('operator:users:write')
  @ApiOperation({
    summary: 'Block a user: signed out everywhere at once, and kept out',
    description:
      'Open invitations to a partner’s team that the user sent are withdrawn, and so is the erasure of the partner’s ' +
      'data that the user asked for, as long as it has not begun.',
  })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409)
  block(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: BlockUserDto,
  ): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.blocks.block(tx, actor, id, body.reason));
  }

  @Post(':id/unblock')
  @HttpCode(200)
  @Requires('operator:users:write')
  @FreshSignIn()
  @ApiOperation({ summary: 'Unblock a user' })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409)
  unblock(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.blocks.unblock(tx, actor, id));
  }

  @Post(':id/unlock')
  @HttpCode(200)
  @Requires('operator:users:write')
  @ApiOperation({ summary: 'Unlock a user whom failed sign-ins locked' })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409)
  unlock(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.changes.unlock(tx, actor, id));
  }

  @Post(':id/2fa/reset')
  @HttpCode(200)
  @Requires('operator:users:write')
  @Financial()
  @ApiOperation({
    summary:
      'Turn two-factor authentication off for somebody who lost app and recovery codes; all sessions end',
  })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409)
  resetTwoFactor(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: ResetTwoFactorDto,
  ): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.twoFactorResets.reset(tx, actor, id, body.reason));
  }
}
