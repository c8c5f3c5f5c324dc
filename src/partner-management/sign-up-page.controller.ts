import { Body, Controller, Get, Header, HttpCode, Ip, Post, Req, UseFilters } from '@nestjs/common';
import {
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiTags,
  PickType,
} from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { messagePage, Passwords } from '../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  invalidField,
  MayBeAbsent,
  Public,
  UnitOfWork,
  xmlText,
} from '../platform/index.js';
import { SOCIAL_PLATFORMS } from './domain/social-account.js';
import { RegisterDto, type SignUpSocialAccountDto } from './registration.dto.js';
import { Registration } from './registration.service.js';
import { SignUpFaults } from './sign-up-faults.js';
import { signUpPage } from './sign-up-page.js';

/** What the form of the page sends. */
export class SignUpFormDto extends PickType(RegisterDto, [
  'email',
  'password',
  'name',
  'kind',
  'country',
  'ref',
  'inviterCode',
] as const) {
  /**
   * Where the social account is; empty without one.
   * @example "instagram"
   */
  @MayBeAbsent()
  @IsIn([...SOCIAL_PLATFORMS, ''])
  socialPlatform = '';

  /**
   * The social account's name there; empty without one.
   * @example "ann.reviews"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  socialHandle = '';
}

/** The program's own page of sign-up: links of inviters lead here where no frontend has one (T11, A08). */
@ApiTags('sign-in')
@Controller('sign-up')
@Public()
@UseFilters(SignUpFaults)
export class SignUpPageController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly registration: Registration,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    summary: 'Page on which partners sign up, unless a frontend has one',
    description: 'Parameters beside those that are named, as links add them, change nothing.',
  })
  @ApiQuery({ name: 'inviterCode', type: String, required: false, description: 'Of a referral link' })
  @ApiQuery({ name: 'ref', type: String, required: false, description: 'Of a sub-affiliate link: its code' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  page(@Req() request: FastifyRequest): string {
    // Links add parameters of their own, which validation would refuse.
    return signUpPage(Object.fromEntries(new URL(request.url, 'http://localhost').searchParams));
  }

  @Post()
  @CountedAs('sign-in')
  @HttpCode(200)
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    summary: 'Sign up by the page’s form',
    description:
      'As `POST /api/v1/auth/register`. Who accepts `text/html` is shown faults on the page again.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400, 409, 422)
  async signUp(@Body() form: SignUpFormDto, @Ip() address: string): Promise<string> {
    const filledIn = { ...form, socialAccount: socialAccountOf(form) };
    const passwordHash = await this.passwords.hashNew(form.password);
    await this.unitOfWork.run((tx) => this.registration.register(tx, filledIn, passwordHash, address));
    return messagePage(
      'Thank you',
      `We have sent a mail to ${xmlText(form.email)}. Please confirm your address by the link in it. ` +
        'We look at your application then, and write to you.',
    );
  }
}

/** Both fields make the account. @throws DomainError VALIDATION_FAILED (422) for one without the other */
function socialAccountOf({
  socialPlatform: platform,
  socialHandle: handle,
}: SignUpFormDto): SignUpSocialAccountDto | undefined {
  if (platform === '' && handle.trim() === '') return undefined;
  if (platform === '') throw invalidField('socialPlatform', 'must name the network of the social account');
  if (handle.trim() === '') throw invalidField('socialHandle', 'must be your name at the social network');
  return { platform, handle };
}
