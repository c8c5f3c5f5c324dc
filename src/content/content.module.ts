import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BrandsModule } from '../brands/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Contact } from './contacts/contact.entity.js';
import { Contacts } from './contacts/contacts.service.js';
import { OperatorContactsController } from './contacts/operator-contacts.controller.js';
import { PartnerContactsController } from './contacts/partner-contacts.controller.js';
import { ContentPersonalData } from './content-personal-data.js';
import { FaqEntry } from './faq/faq-entry.entity.js';
import { Faq } from './faq/faq.service.js';
import { OperatorFaqController } from './faq/operator-faq.controller.js';
import { PartnerFaqController } from './faq/partner-faq.controller.js';
import { NewsDesk } from './news/news-desk.service.js';
import { NewsImages } from './news/news-images.service.js';
import { NewsReading } from './news/news-reading.service.js';
import { News } from './news/news.entity.js';
import { OperatorNewsImagesController } from './news/operator-news-images.controller.js';
import { OperatorNewsController } from './news/operator-news.controller.js';
import { PartnerNewsController } from './news/partner-news.controller.js';
import { OperatorTermsController } from './terms/operator-terms.controller.js';
import { PartnerTermsController } from './terms/partner-terms.controller.js';
import { PublicTermsController } from './terms/public-terms.controller.js';
import { SignUpTerms } from './terms/sign-up-terms.consumer.js';
import { TermsAcceptancesController } from './terms/terms-acceptances.controller.js';
import { TermsAcceptances } from './terms/terms-acceptances.service.js';
import { TermsDesk } from './terms/terms-desk.service.js';
import { TermsReading } from './terms/terms-reading.service.js';
import { TermsVersion } from './terms/terms-version.entity.js';
import {
  BrandTicketAttachmentsController,
  BrandTicketsController,
} from './tickets/brand-tickets.controller.js';
import { InboundMailController } from './tickets/inbound-mail.controller.js';
import { InboundMails } from './tickets/inbound-mails.service.js';
import { LooseAttachments } from './tickets/loose-attachments.job.js';
import {
  OperatorTicketAttachmentsController,
  OperatorTicketsController,
} from './tickets/operator-tickets.controller.js';
import {
  PartnerTicketAttachmentsController,
  PartnerTicketsController,
} from './tickets/partner-tickets.controller.js';
import { TicketAttachments } from './tickets/ticket-attachments.service.js';
import { TicketDesk } from './tickets/ticket-desk.service.js';
import { TicketMails } from './tickets/ticket-mails.service.js';
import { TicketNews } from './tickets/ticket-news.service.js';
import { TicketThread } from './tickets/ticket-thread.service.js';
import { TicketsPersonalData } from './tickets/tickets-personal-data.js';
import { Tickets } from './tickets/tickets.service.js';

/** What the program tells partners, and what they ask it. */
@Module({
  imports: [
    IdentityModule,
    PartnerManagementModule,
    BrandsModule,
    TypeOrmModule.forFeature([Contact, FaqEntry, News, TermsVersion]),
  ],
  controllers: [
    OperatorContactsController,
    PartnerContactsController,
    OperatorFaqController,
    PartnerFaqController,
    OperatorNewsController,
    OperatorNewsImagesController,
    PartnerNewsController,
    PublicTermsController,
    PartnerTermsController,
    OperatorTermsController,
    TermsAcceptancesController,
    PartnerTicketsController,
    PartnerTicketAttachmentsController,
    BrandTicketsController,
    BrandTicketAttachmentsController,
    OperatorTicketsController,
    OperatorTicketAttachmentsController,
    InboundMailController,
  ],
  providers: [
    Contacts,
    Faq,
    NewsDesk,
    NewsImages,
    NewsReading,
    TermsDesk,
    TermsReading,
    TermsAcceptances,
    SignUpTerms,
    Tickets,
    TicketDesk,
    TicketThread,
    TicketNews,
    TicketMails,
    TicketAttachments,
    LooseAttachments,
    InboundMails,
    TicketsPersonalData,
    ContentPersonalData,
  ],
  exports: [NewsReading],
})
export class ContentModule {}
