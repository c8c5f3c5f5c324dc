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

/** What the program tells partners, and what they ask it. */
@Module({
  imports: [
    IdentityModule,
    PartnerManagementModule,
    BrandsModule,
    TypeOrmModule.forFeature([Contact, FaqEntry, News]),
  ],
  controllers: [
    OperatorContactsController,
    PartnerContactsController,
    OperatorFaqController,
    PartnerFaqController,
    OperatorNewsController,
    OperatorNewsImagesController,
    PartnerNewsController,
  ],
  providers: [Contacts, Faq, NewsDesk, NewsImages, NewsReading, ContentPersonalData],
  exports: [NewsReading],
})
export class ContentModule {}
