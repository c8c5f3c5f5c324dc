import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, PathId } from '../platform/index.js';
import { Requires } from './actor.js';
import { AuditEntryDto, AuditPage, AuditQuery } from './audit-log.dto.js';
import { AuditTrail } from './audit-trail.service.js';

/** The audit log: who changed what, as whom, in which request. */
@ApiTags('logs')
@ApiBearerAuth()
@Controller('operator/audit-log')
export class AuditLogController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @Requires('operator:audit-log:read')
  @ApiOperation({ summary: 'List what was changed in the program, newest first' })
  @ApiOkResponse({ type: AuditPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: AuditQuery): Promise<AuditPage> {
    return this.trail.list(query);
  }

  @Get(':id')
  @Requires('operator:audit-log:read')
  @ApiOperation({ summary: 'Show one change, with what it was before and after' })
  @ApiOkResponse({ type: AuditEntryDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<AuditEntryDto> {
    return this.trail.get(id);
  }
}
