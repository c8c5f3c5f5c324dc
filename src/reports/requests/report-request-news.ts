import { Injectable } from '@nestjs/common';
import { PartnerMails } from '../../identity/index.js';
import { Config, type Tx, XLSX_MEDIA_TYPE } from '../../platform/index.js';
import { type ClaimedRequest, ReportRequestFiles } from './report-request-files.js';

/** Larger files are refused by many mail servers, once they are encoded. */
const LARGEST_ATTACHMENT_BYTES = 5 * 1024 ** 2;

/** Mails whoever requested a report what became of it. The links open nothing by themselves: one must sign in. */
@Injectable()
export class ReportRequestNews {
  constructor(
    private readonly mails: PartnerMails,
    private readonly files: ReportRequestFiles,
    private readonly config: Config,
  ) {}

  /** The report can be downloaded; its XLSX file goes with the mail unless it is too large. */
  async ready(
    tx: Tx,
    request: ClaimedRequest,
    { xlsxBytes, expiresAt }: { xlsxBytes: number; expiresAt: Date },
  ): Promise<void> {
    const attached = xlsxBytes <= LARGEST_ATTACHMENT_BYTES;
    const link = this.linkTo(request);
    await this.mails.sendTo(tx, request.userId, 'reports', {
      subject: `Your report is ready: ${inOneLine(request.name)}`,
      text:
        `the report “${request.name}” that you requested is ready${attached ? '; it is attached as XLSX' : ''}.\n\n` +
        `Its page: ${link}\nDownload, signed in, until ${expiresAt.toISOString().slice(0, 10)}: ` +
        `${link}/download?format=${request.format}`,
      attachments: attached
        ? [{ fileName: 'report.xlsx', mediaType: XLSX_MEDIA_TYPE, key: this.files.keyOf(request, 'xlsx') }]
        : [],
    });
  }

  /** The report could not be made. */
  async failed(tx: Tx, request: ClaimedRequest, reason: string): Promise<void> {
    await this.mails.sendTo(tx, request.userId, 'reports', {
      subject: `Your report could not be made: ${inOneLine(request.name)}`,
      text: `the report “${request.name}” that you requested could not be made. ${reason}\n\nIts page: ${this.linkTo(request)}`,
    });
  }

  private linkTo({ id, partnerId }: ClaimedRequest): string {
    const realm = partnerId === null ? 'operator' : 'partner';
    return `${this.config.publicUrl}/api/v1/${realm}/reports/requests/${id}`;
  }
}

function inOneLine(name: string): string {
  return name.replaceAll(/\s+/g, ' ');
}
