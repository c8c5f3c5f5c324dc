import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsId, IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';

export const DOCUMENT_TYPES = ['identity', 'address', 'company', 'tax', 'bank', 'contract', 'other'] as const;
const DOCUMENT_STATES = ['pending', 'approved', 'declined'] as const;
type DocumentState = (typeof DOCUMENT_STATES)[number];

/** What comes with a document's file. */
export class DocumentFields {
  /** What the document proves; `other` when left out. */
  @MayBeAbsent()
  @IsIn(DOCUMENT_TYPES)
  type?: (typeof DOCUMENT_TYPES)[number];

  /**
   * Name to show in the list; the file's name when left out.
   * @example "Passport, both pages"
   */
  @MayBeAbsent()
  @IsLabel(200)
  label?: string;
}

export class UploadDocumentDto extends DocumentFields {
  /** A .pdf, .png, .jpg or .jpeg file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

export class DocumentQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(DOCUMENT_STATES)
  state?: DocumentState;
}

export class OperatorDocumentQuery extends PageQuery {
  /** Which documents: the ones that wait for a decision by default. */
  @MayBeAbsent()
  @IsIn([...DOCUMENT_STATES, 'all'])
  state: DocumentState | 'all' = 'pending';

  /** Only this partner's. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

export class DeclineDocumentDto {
  /**
   * Why; mailed to the partner.
   * @example "The scan is not readable."
   */
  @IsText(2000)
  reason: string;
}

/** A document that a partner gave the program to verify. */
export class DocumentDto {
  id: string;
  /** @example "identity" */
  type: string;
  /** @example "Passport, both pages" */
  label: string;
  /** @example "passport.pdf" */
  fileName: string;
  /** @example "application/pdf" */
  mediaType: string;
  /** @example 482133 */
  sizeBytes: number;
  /** @example "pending" */
  state: string;
  /** Why it was declined. */
  declineReason: string | null;
  uploadedAt: Date;
  decidedAt: Date | null;
}

export class DocumentPage {
  items: DocumentDto[];
  nextCursor: string | null;
}

/** A document as operators see it. */
export class OperatorDocumentDto extends DocumentDto {
  partnerId: string;
  partnerName: string;
  /** Address that decisions are mailed to. */
  email: string | null;
}

export class OperatorDocumentPage {
  items: OperatorDocumentDto[];
  nextCursor: string | null;
}
