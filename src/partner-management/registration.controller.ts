import { Body, Controller, Ip, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Passwords } from '../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  Public,
} from '../platform/index.js';
import { RegisterDto, RegisterResponse } from './registration.dto.js';
import { Registration } from './registration.service.js';

/** Partner sign-up. */
@ApiTags('sign-in')
@Controller('auth/register')
@CountedAs('sign-in')
@Public()
export class RegistrationController {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly passwords: Passwords,
    private readonly registration: Registration,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Sign up as a partner; an operator decides about the partnership' })
  @ApiCreatedResponse({ type: RegisterResponse })
  @ApiProblems(400, 409, 422)
  async register(
    @Body() body: RegisterDto,
    @Ip() address: string,
    @IdempotencyKeyOf({ required: false, secrets: ['password'] }) key: IdempotencyKey | null,
  ): Promise<RegisterResponse> {
    const passwordHash = await this.passwords.hashNew(body.password);
    return this.idempotency.run(key, (tx) => this.registration.register(tx, body, passwordHash, address));
  }
}
