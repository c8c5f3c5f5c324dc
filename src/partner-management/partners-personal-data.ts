import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { Clock, Money, readRows, type Tx } from '../platform/index.js';
import { DataExportFiles } from './data-export/data-export-files.js';
import { DocumentsPersonalData } from './documents/documents-personal-data.js';

const TABLES: readonly HeldTable[] = [
  { table: 'partners', file: 'profile', onErasure: 'anonymised' },
  { table: 'social_accounts', file: 'social-accounts', onErasure: 'deleted' },
  { table: 'documents', file: 'documents', onErasure: 'deleted' },
  { table: 'partner_requests', file: 'requests', onErasure: 'anonymised' },
  {
    table: 'partner_add_ons',
    file: 'add-ons',
    onErasure: 'kept',
    keptBecause: 'what was asked for and given, by ids only',
  },
  {
    table: 'partner_notes',
    file: null,
    because: 'what the people of the program noted for themselves',
    onErasure: 'deleted',
  },
  { table: 'partner_suspensions', file: 'suspensions', onErasure: 'anonymised' },
  {
    table: 'data_exports',
    file: null,
    because: 'when copies like this one were made',
    onErasure: 'anonymised',
  },
  {
    table: 'partner_erasures',
    file: null,
    because: 'when you asked for the erasure of your data',
    onErasure: 'kept',
    keptBecause: 'proves that and when the data was erased, by ids only',
  },
];

const PROFILE = `
  SELECT p.id, p.name, p.kind, p.state, p.country, p.phone, p.website, p.description,
         p.legal_name AS "legalName", p.tax_number AS "taxNumber", p.street, p.postal_code AS "postalCode", p.city,
         p.sign_up_ref AS "ref",
         p.inviter_code AS "inviterCode", k.name AS "package", p.invoice_id AS "invoiceId", p.groups, p.created_at AS "createdAt",
         p.approved_at AS "approvedAt"
    FROM partners p LEFT JOIN packages k ON k.id = p.package_id WHERE p.id = $1`;

const SOCIAL_ACCOUNTS = `
  SELECT id, platform, handle, state, requested_at AS "requestedAt", decided_at AS "decidedAt",
         rejection_reason AS "rejectionReason", created_at AS "createdAt"
    FROM social_accounts WHERE partner_id = $1 ORDER BY id`;

const REQUESTS = `
  SELECT r.id, r.kind, r.title, r.state, r.price_minor, r.currency, r.description,
         r.requested_at AS "requestedAt", r.decided_at AS "decidedAt",
         r.rejection_description AS "rejectionDescription"
    FROM partner_requests r WHERE r.partner_id = $1 ORDER BY r.id`;

const ADD_ONS = `
  SELECT a.name, g.granted_at AS "grantedAt"
    FROM partner_add_ons g JOIN add_ons a ON a.id = g.add_on_id WHERE g.partner_id = $1 ORDER BY g.request_id`;

const SUSPENSIONS = `
  SELECT reason, suspended_at AS "from", reactivated_at AS "until"
    FROM partner_suspensions WHERE partner_id = $1 ORDER BY suspended_at`;

/** The partner itself, its requests, and the copies that were made for it. */
@Injectable()
export class PartnersPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly exportFiles: DataExportFiles,
    private readonly documents: DocumentsPersonalData,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'partner-management',
      tables: TABLES,
      files: {
        profile: (tx, partnerId) => readRows(tx, PROFILE, [partnerId]),
        documents: (tx, partnerId) => this.documents.list(tx, partnerId),
        'social-accounts': (tx, partnerId) => readRows(tx, SOCIAL_ACCOUNTS, [partnerId]),
        requests: (tx, partnerId) => requests(tx, partnerId),
        'add-ons': (tx, partnerId) => readRows(tx, ADD_ONS, [partnerId]),
        suspensions: (tx, partnerId) => readRows(tx, SUSPENSIONS, [partnerId]),
      },
      attachments: (tx, partnerId) => this.documents.contents(tx, partnerId),
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    // First, under the lock that uploads take too: none comes in any more.
    await tx.query(
      `UPDATE partners
          SET state = 'erased', name = 'Erased partner', phone = NULL, website = NULL, description = NULL,
              legal_name = NULL, tax_number = NULL, street = NULL, postal_code = NULL, city = NULL, sign_up_ref = NULL, inviter_code = NULL,
              invoice_id = NULL, manager_id = NULL, groups = '{}'
        WHERE id = $1`,
      [partnerId],
    );
    await tx.query(
      `UPDATE partner_requests
          SET description = NULL,
              -- What the partner has made has names of its own.
              title = CASE WHEN kind IN ('broadcast', 'ad') THEN 'Erased' ELSE title END,
              rejection_description = CASE WHEN rejection_description IS NOT NULL THEN 'Erased' END,
              state = CASE WHEN state = 'pending' THEN 'cancelled' ELSE state END,
              decided_at = coalesce(decided_at, $2)
        WHERE partner_id = $1`,
      [partnerId, this.clock.now()],
    );
    await tx.query(`UPDATE partner_suspensions SET reason = 'Erased' WHERE partner_id = $1`, [partnerId]);
    await tx.query('DELETE FROM partner_notes WHERE partner_id = $1', [partnerId]);
    await tx.query('DELETE FROM social_accounts WHERE partner_id = $1', [partnerId]);
    await this.exportFiles.expire(tx, { partnerId });
    await this.documents.erase(tx, partnerId);
    return 'done';
  }
}

async function* requests(tx: Tx, partnerId: string): AsyncGenerator<object> {
  type Row = { price_minor: string; currency: string };
  for await (const { price_minor, currency, ...row } of readRows<Row>(tx, REQUESTS, [partnerId])) {
    yield { ...row, price: Money.of(BigInt(price_minor), currency).toJSON() };
  }
}
