import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, Config, PathId } from '../platform/index.js';
import { PromoQrQuery } from './promo-qr.dto.js';
import { drawQrCode, QR_TYPES } from './promo-qr.js';
import { trackingUrlOf } from './promos.dto.js';
import { Promos } from './promos.service.js';

/** Tracking links to be scanned (B08). */
@ApiTags('Partner: campaigns')
@ApiBearerAuth()
@Controller('partner/promos')
export class PromoQrController {
  constructor(
    private readonly promos: Promos,
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  @Get(':id/qr')
  @Requires('partner:campaigns:read')
  // The picture of a link stays right: links with former codes keep working.
  @Header('Cache-Control', 'private, max-age=3600')
  @ApiOperation({ summary: 'Draw the tracking link of a promo as a QR code' })
  @ApiOkResponse({
    description: 'The picture, black on white, with its quiet zone',
    headers: { 'Cache-Control': { description: 'May be kept by the browser', schema: { type: 'string' } } },
    content: {
      [QR_TYPES.svg]: { schema: { type: 'string' } },
      [QR_TYPES.png]: { schema: { type: 'string', format: 'binary' } },
    },
  })
  @ApiProblems(400, 404)
  async draw(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() { format, size }: PromoQrQuery,
  ): Promise<StreamableFile> {
    const promo = await this.promos.get(this.dataSource, partnerId, id);
    const picture = await drawQrCode(trackingUrlOf(promo, this.config.publicUrl), format, size);
    return new StreamableFile(picture, {
      type: QR_TYPES[format],
      disposition: `inline; filename="${promo.code}.${format}"`,
      length: picture.length,
    });
  }
}
