import { IsEmail, IsOptional } from 'class-validator';

export class MailboxQuery {
  /**
   * Only mails to this address.
   * @example "ann@example.com"
   */
  @IsOptional()
  @IsEmail()
  to?: string;
}

/** A file that went with a mail. */
export class MailboxAttachment {
  /** @example "report.xlsx" */
  fileName: string;
  /** @example "application/pdf" */
  mediaType: string;
}

/** A mail as the development mailbox keeps it. */
export class MailboxItem {
  /** @example "ann@example.com" */
  to: string;
  subject: string;
  text: string;
  html: string | null;
  sentAt: Date;
  attachments: MailboxAttachment[];
}

export class MailboxPage {
  /** Newest first, at most 100. */
  items: MailboxItem[];
}
