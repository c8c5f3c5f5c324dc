import { Body, Controller, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Actor,
  CurrentActor,
  FreshSignIn,
  INVITATION_TEXT,
  Invitations,
  OperatorUserDto,
  Requires,
} from '../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
} from '../platform/index.js';
import { InviteBrandUserDto } from './brand-users.dto.js';
import { Brands } from './brands.service.js';

/** People of a brand: invited here, and then listed and steered among the users. */
@ApiTags('users')
@ApiBearerAuth()
@Controller('operator/brands/:id/users')
export class BrandUsersController {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly brands: Brands,
    private readonly invitations: Invitations,
  ) {}

  @Post()
  @CountedAs('recovery')
  @Requires('operator:users:write')
  @FreshSignIn()
  @ApiOperation({
    summary: 'Invite somebody of a brand; a link to set a password is mailed',
    description: INVITATION_TEXT,
  })
  @ApiCreatedResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  invite(
    @CurrentActor() actor: Actor,
    @PathId() brandId: string,
    @Body() body: InviteBrandUserDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorUserDto> {
    return this.idempotency.run(key, async (tx) => {
      await this.brands.get(tx, brandId);
      return this.invitations.invite(tx, actor, { ...body, realm: 'brand', partnerId: null, brandId });
    });
  }
}
