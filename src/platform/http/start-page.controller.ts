import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CountedAs } from '../limits/rate-class.decorator.js';
import { ApiProblems } from './api-problems.js';
import { Public } from './public.decorator.js';

/** What stands at the program's bare address, which the start prints and mails link to: nothing of its own. */
@ApiTags('operation')
@Controller()
@CountedAs('none')
@Public()
export class StartPageController {
  @Get()
  @Redirect()
  @ApiOperation({ summary: 'Redirect from the bare address to the documentation page' })
  @ApiFoundResponse({ description: 'To the documentation page' })
  @ApiProblems()
  lead(): { url: string; statusCode: number } {
    return { url: '/api/docs', statusCode: 302 };
  }
}
