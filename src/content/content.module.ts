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
    ContentPersonalData,
  ],
  exports: [NewsReading],
})
export class ContentModule {}
