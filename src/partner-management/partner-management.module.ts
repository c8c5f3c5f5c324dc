import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { WalletModule } from '../wallet/index.js';
import { BROADCAST_CONTROLLERS, BROADCAST_PROVIDERS } from './broadcasts/broadcasts.parts.js';
import { CHANNEL_CONTROLLERS, CHANNEL_PROVIDERS } from './channels/channels.parts.js';
import { AD_CONTROLLERS, AD_PROVIDERS } from './ads/ads.parts.js';
import { DocumentDecisions } from './documents/document-decisions.service.js';
import { DocumentsPersonalData } from './documents/documents-personal-data.js';
import { DocumentUploads } from './documents/document-uploads.service.js';
import { OperatorDocumentsController } from './documents/operator-documents.controller.js';
import { PartnerDocumentsController } from './documents/partner-documents.controller.js';
import { PartnerDocuments } from './documents/partner-documents.service.js';
import { ImportedPartners } from './imported-partners.service.js';
import { Inviters } from './inviters.js';
import { ImpersonationController } from './impersonation.controller.js';
import { DataExportFiles } from './data-export/data-export-files.js';
import { DataExportMaker } from './data-export/data-export-maker.js';
import { DataExportNews } from './data-export/data-export-news.js';
import { DataExportWaker } from './data-export/data-export.job.js';
import { DataExportsController } from './data-export/data-exports.controller.js';
import { DataExports } from './data-export/data-exports.service.js';
import { Eraser } from './erasure/eraser.js';
import { ErasureNews } from './erasure/erasure-news.js';
import { ErasureJob } from './erasure/erasure.job.js';
import { ErasuresController } from './erasure/erasures.controller.js';
import { ErasureWithdrawals } from './erasure/erasure-withdrawals.js';
import { Erasures } from './erasure/erasures.service.js';
import { BulkPartners } from './my-partners/bulk-partners.service.js';
import { MyPartnersController } from './my-partners/my-partners.controller.js';
import { PartnerDetails } from './my-partners/partner-details.service.js';
import { PartnerMarks } from './my-partners/partner-marks.service.js';
import { PartnerNotes } from './my-partners/partner-notes.service.js';
import { Entitlements } from './packages/entitlements.service.js';
import {
  AddOnsController,
  DefaultPackageController,
  PackagesController,
} from './packages/offerings.controllers.js';
import { Offerings } from './packages/offerings.service.js';
import { PackageChanges } from './packages/package-changes.service.js';
import { PackageNews } from './packages/package-news.js';
import { PartnerOfferingsController } from './packages/partner-offerings.controller.js';
import { PartnerOfferings } from './packages/partner-offerings.service.js';
import { PartnersAsOwners } from './partners-as-owners.js';
import { PartnersController } from './partners.controller.js';
import { PartnerProfileController } from './partner-profile.controller.js';
import { PartnerProfiles } from './partner-profiles.service.js';
import { PartnersPersonalData } from './partners-personal-data.js';
import { PersonalManagersController } from './personal-managers.controller.js';
import { PersonalManagers } from './personal-managers.service.js';
import { Partners } from './partners.service.js';
import { AddOnRequests } from './requests/add-on-requests.js';
import { PartnerRequestsController } from './requests/partner-requests.controller.js';
import { PartnerRequests } from './requests/partner-requests.service.js';
import {
  AddOnRequestsController,
  PartnershipRequestsController,
} from './requests/operator-requests.controllers.js';
import { PartnershipRequests } from './requests/partnership-requests.js';
import { RequestHistoryController } from './requests/request-history.controller.js';
import { RequestHistory } from './requests/request-history.service.js';
import { RequestKinds } from './requests/request-kinds.js';
import { RequestLists } from './requests/request-lists.service.js';
import { RequestNews } from './requests/request-news.js';
import { RegistrationController } from './registration.controller.js';
import { Registration } from './registration.service.js';
import { SignUpPageController } from './sign-up-page.controller.js';
import { SocialAccountDecisions } from './social-account-decisions.service.js';
import { SocialAccountsController } from './social-accounts.controller.js';
import { SocialAccounts } from './social-accounts.service.js';
import { SuspensionBook } from './suspension-book.js';
import { Suspensions } from './suspensions.service.js';
import { TeamSessionsController } from './team-sessions.controller.js';
import { TeamSeats } from './team-seats.service.js';
import { TeamController } from './team.controller.js';

/** Partners, their people, packages, requests and documents. */
@Module({
  imports: [IdentityModule, WalletModule],
  controllers: [
    RegistrationController,
    SignUpPageController,
    PartnershipRequestsController,
    AddOnRequestsController,
    PartnerRequestsController,
    PartnersController,
    MyPartnersController,
    PersonalManagersController,
    ImpersonationController,
    PackagesController,
    DefaultPackageController,
    AddOnsController,
    PartnerOfferingsController,
    RequestHistoryController,
    PartnerDocumentsController,
    OperatorDocumentsController,
    TeamController,
    TeamSessionsController,
    PartnerProfileController,
    SocialAccountsController,
    DataExportsController,
    ErasuresController,
    ...CHANNEL_CONTROLLERS,
    ...AD_CONTROLLERS,
    ...BROADCAST_CONTROLLERS,
  ],
  providers: [
    Registration,
    ImportedPartners,
    RequestKinds,
    RequestNews,
    PartnerRequests,
    RequestLists,
    PartnershipRequests,
    RequestHistory,
    AddOnRequests,
    Offerings,
    PartnerOfferings,
    PackageNews,
    PackageChanges,
    Entitlements,
    TeamSeats,
    Partners,
    PersonalManagers,
    PartnersAsOwners,
    Suspensions,
    PartnerDetails,
    PartnerMarks,
    PartnerNotes,
    BulkPartners,
    SuspensionBook,
    Inviters,
    PartnerDocuments,
    DocumentUploads,
    DocumentDecisions,
    PartnerProfiles,
    SocialAccounts,
    SocialAccountDecisions,
    DocumentsPersonalData,
    PartnersPersonalData,
    DataExports,
    DataExportFiles,
    DataExportMaker,
    DataExportNews,
    DataExportWaker,
    Erasures,
    ErasureWithdrawals,
    Eraser,
    ErasureNews,
    ErasureJob,
    ...CHANNEL_PROVIDERS,
    ...AD_PROVIDERS,
    ...BROADCAST_PROVIDERS,
  ],
  exports: [
    Entitlements,
    Partners,
    PersonalManagers,
    ImportedPartners,
    Inviters,
    SocialAccounts,
    SuspensionBook,
  ],
})
export class PartnerManagementModule {}
