import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows } from '../platform/index.js';

const TABLES: readonly HeldTable[] = [
  {
    table: 'commission_plan_partners',
    file: 'individual-plans',
    onErasure: 'kept',
    keptBecause: 'bills were made by these plans; they name the partner by its id only',
  },
  {
    table: 'commission_plan_versions',
    file: null,
    because: 'terms for many partners, written by operators',
    onErasure: 'kept',
    keptBecause: 'holds nothing of a partner: who wrote the terms is an operator',
  },
];

const PLANS = `
  SELECT p.id, p.name, p.brand_id AS "brandId"
    FROM commission_plan_partners c JOIN commission_plans p ON p.id = c.plan_id
   WHERE c.partner_id = $1 ORDER BY p.id`;

/** Which plans were made for a partner. */
@Injectable()
export class CommissionsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'commissions',
      tables: TABLES,
      files: { 'individual-plans': (tx, partnerId) => readRows(tx, PLANS, [partnerId]) },
    });
  }
}
