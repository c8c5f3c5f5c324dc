import { Body, Controller, Get, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Reauthentication, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PageQuery,
  PathId,
} from '../../platform/index.js';
import { DataExportDto, DataExportPage, RequestDataExportDto } from './data-exports.dto.js';
import { DataExports } from './data-exports.service.js';

/** Copies of all data of a partner, for its owner (B12). */
@ApiTags('personal data')
@ApiBearerAuth()
@Controller('partner/data-export')
@Requires('partner:personal-data:own')
export class DataExportsController {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly reauthentication: Reauthentication,
    private readonly dataExports: DataExports,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Ask for a copy of all your data; a mail tells when it is ready' })
  @ApiAcceptedResponse({ type: DataExportDto })
  @ApiProblems(400, 401, 403, 409, 422, 429)
  async request(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false, secrets: ['password', 'code'] }) key: IdempotencyKey | null,
    @Body() body: RequestDataExportDto,
  ): Promise<DataExportDto> {
    // A code is accepted once: the same request again would be refused for it.
    const repeated = await this.idempotency.find<DataExportDto>(key);
    if (repeated) return repeated.response;
    await this.reauthentication.confirm(actor, body);
    return this.idempotency.run(key, (tx) => this.dataExports.request(tx, actor));
  }

  @Get()
  @ApiOperation({ summary: 'List your copies, newest first' })
  @ApiOkResponse({ type: DataExportPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() actor: PartnerActor, @Query() query: PageQuery): Promise<DataExportPage> {
    return this.dataExports.list(actor.partnerId, query);
  }

  @Get(':id/download')
  @ApiOperation({
    summary: 'Download a copy; where two-factor authentication is enabled, after a step-up',
  })
  @ApiOkResponse({
    description: 'The ZIP',
    content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiProblems(400, 401, 403, 404, 409)
  async download(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.dataExports.open(actor, id), {
      type: 'application/zip',
      disposition: `attachment; filename="data-export-${id}.zip"`,
    });
  }
}
