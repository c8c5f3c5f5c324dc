import type { FileCell } from '../../platform/index.js';
import type { PartnerDto } from '../partners.dto.js';

/** Columns of the file of partners. */
export const PARTNER_HEADER = [
  'Partner',
  'Kind',
  'Status',
  'Package',
  'Invoice id',
  'E-mail',
  'Phone',
  'Website',
  'Country',
  'Manager',
  'Groups',
  'Signed up',
  'Approved',
  'Id',
];

/** The cells of {@link PARTNER_HEADER}. */
export function toPartnerCells(partner: PartnerDto): FileCell[] {
  return [
    partner.name,
    partner.kind,
    partner.state,
    partner.packageName,
    partner.invoiceId,
    partner.email,
    partner.phone,
    partner.website,
    partner.country,
    partner.managerName,
    partner.groups.join(', '),
    partner.createdAt,
    partner.approvedAt,
    partner.id,
  ];
}
