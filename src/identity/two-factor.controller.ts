import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { type Actor, CurrentActor, FreshSignIn, Requires } from './actor.js';
import {
  CodeDto,
  DisableTwoFactorDto,
  DoneResponse,
  RecoveryCodesResponse,
  TwoFactorSetupResponse,
} from './auth.dto.js';
import { OwnTwoFactor } from './own-two-factor.service.js';
import { SignIn } from './sign-in.service.js';

/** Two-factor authentication of one's own account (A31). */
@ApiTags('two-factor authentication')
@ApiBearerAuth()
@Controller('auth')
@CountedAs('confirm')
@Requires('account:own')
export class TwoFactorController {
  constructor(
    private readonly twoFactor: OwnTwoFactor,
    private readonly signIn: SignIn,
  ) {}

  @Post('2fa/setup')
  @HttpCode(200)
  @FreshSignIn()
  @ApiOperation({ summary: 'Start setting up an authenticator app' })
  @ApiOkResponse({ type: TwoFactorSetupResponse })
  @ApiProblems(401, 409)
  setUp(@CurrentActor() actor: Actor): Promise<TwoFactorSetupResponse> {
    return this.twoFactor.setUp(actor);
  }

  @Post('2fa/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Finish the set-up with the first code; counts as a step-up' })
  @ApiOkResponse({ type: RecoveryCodesResponse })
  @ApiProblems(400, 401, 409, 422)
  async confirm(@CurrentActor() actor: Actor, @Body() body: CodeDto): Promise<RecoveryCodesResponse> {
    return { recoveryCodes: await this.twoFactor.confirm(actor, body.code) };
  }

  @Post('2fa/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn two-factor authentication off, with password and code' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 409, 422)
  async disable(@CurrentActor() actor: Actor, @Body() body: DisableTwoFactorDto): Promise<DoneResponse> {
    await this.twoFactor.disable(actor, body.password, body.code);
    return { done: true };
  }

  @Post('step-up')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enter a fresh code: financial actions are open for 300 seconds' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 403, 422)
  async stepUp(@CurrentActor() actor: Actor, @Body() body: CodeDto): Promise<DoneResponse> {
    await this.signIn.stepUp(actor, body.code);
    return { done: true };
  }
}
