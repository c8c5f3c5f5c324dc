import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';
import { ReportRequestFiles } from './requests/report-request-files.js';

const KEPT = {
  onErasure: 'kept',
  keptBecause: 'sums and ids only; what they are made from is kept',
} as const;

const TABLES: readonly HeldTable[] = [
  { table: 'report_favourites', file: 'report-favourites', onErasure: 'deleted' },
  { table: 'report_requests', file: 'report-requests', onErasure: 'deleted' },
  ...['report_visits_by_day', 'report_visits_by_month', 'report_facts_by_day', 'report_facts_by_month'].map(
    (table): HeldTable => ({ table, file: null, because: 'sums of facts that are given', ...KEPT }),
  ),
  { table: 'report_marks', file: null, because: 'marks of what is to be summed anew', ...KEPT },
];

const FAVOURITES = `
  SELECT id, user_id AS "userId", name, relative_period AS "period", first_day::text AS "from", last_day::text AS "to",
         parameters, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM report_favourites WHERE partner_id = $1 ORDER BY id`;

const REQUESTS = `
  SELECT id, requested_by AS "requestedBy", name, parameters, state, failure, requested_at AS "requestedAt",
         finished_at AS "finishedAt", expires_at AS "expiresAt"
    FROM report_requests WHERE partner_id = $1 ORDER BY id`;

/** Reports that a partner's people saved and requested; the figures in them are those of the other rooms. */
@Injectable()
export class ReportsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly files: ReportRequestFiles,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'reports',
      tables: TABLES,
      files: {
        'report-favourites': (tx, partnerId) => readRows(tx, FAVOURITES, [partnerId]),
        'report-requests': (tx, partnerId) => readRows(tx, REQUESTS, [partnerId]),
      },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    await this.files.expire(tx, { partnerId });
    await tx.query('DELETE FROM report_requests WHERE partner_id = $1', [partnerId]);
    await tx.query('DELETE FROM report_favourites WHERE partner_id = $1', [partnerId]);
    return 'done';
  }
}
