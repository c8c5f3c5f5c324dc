import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public, wholeList } from '../../platform/index.js';
import { TermsReading } from './terms-reading.service.js';
import { PublicTermsList } from './terms.dto.js';

/** The program's terms and privacy policy, for pages of sign-up and whoever wants to read them (T12). */
@ApiTags('sign-in')
@Controller('terms')
@Public()
export class PublicTermsController {
  constructor(private readonly terms: TermsReading) {}

  @Get()
  @ApiOperation({ summary: 'The terms and the privacy policy in force' })
  @ApiOkResponse({ type: PublicTermsList })
  @ApiProblems()
  async list(): Promise<PublicTermsList> {
    return wholeList(await this.terms.ofProgram());
  }
}
