import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows } from '../platform/index.js';

const TABLES: readonly HeldTable[] = [
  { table: 'media_partners', file: 'private-media', onErasure: 'deleted' },
  { table: 'brand_suggestions', file: 'brand-suggestions', onErasure: 'deleted' },
];

const MEDIA = `
  SELECT m.id, m.title, m.brand_id AS "brandId"
    FROM media_partners named JOIN media m ON m.id = named.media_id
   WHERE named.partner_id = $1 ORDER BY m.id`;

const SUGGESTIONS = `
  SELECT id, name, website, country, comment, state, brand_id AS "brandId", reason, suggested_at AS "suggestedAt",
         decided_at AS "decidedAt"
    FROM brand_suggestions WHERE partner_id = $1 ORDER BY id`;

/** Which media were made for a partner only, and which brands it suggested (B12). */
@Injectable()
export class BrandsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'brands',
      tables: TABLES,
      files: {
        'private-media': (tx, partnerId) => readRows(tx, MEDIA, [partnerId]),
        'brand-suggestions': (tx, partnerId) => readRows(tx, SUGGESTIONS, [partnerId]),
      },
      erase: async (tx, partnerId) => {
        await tx.query('DELETE FROM media_partners WHERE partner_id = $1', [partnerId]);
        await tx.query('DELETE FROM brand_suggestions WHERE partner_id = $1', [partnerId]);
        return 'done';
      },
    });
  }
}
