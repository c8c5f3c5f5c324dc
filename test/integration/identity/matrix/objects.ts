import { ad, adCampaign, adFile, adPackage, adPackageRequest, adRequest } from './ad-kinds.js';
import {
  addOn,
  addOnRequest,
  auditEntry,
  connectedAccount,
  dataExport,
  document,
  event,
  identity,
  ownRequest,
  partnershipRequest,
  session,
  sessionOfUser,
  socialAccount,
  user,
} from './account-kinds.js';
import { bill, billLineKind, exchangeRate } from './billing-kinds.js';
import {
  broadcast,
  broadcastRequest,
  channel,
  endUser,
  follower,
  submittedBroadcast,
} from './channel-kinds.js';
import { brandSuggestion, deal } from './brand-kinds.js';
import { contact, faqEntry, news, newsImage, termsDraft, termsInForce } from './content-kinds.js';
import { brandTicket, ticket, ticketFile } from './ticket-kinds.js';
import { fraudSignal } from './fraud-kinds.js';
import { type Kind } from './kinds.js';
import { medium, privateMedium } from './media-kinds.js';
import { offer, openOffer } from './offer-kinds.js';
import { payoutBatch, payoutLineKind } from './payout-kinds.js';
import { campaignPost, job, participation, publicCampaign } from './public-campaign-kinds.js';
import { publication, publicationFile } from './publication-kinds.js';
import { referral } from './referral-kinds.js';
import { favourite, operatorFavourite, operatorReport, requestedReport } from './report-kinds.js';
import { makeApprovalRun, makeBillRun, makeBrand, makeLanding, makePartner, makePlan } from './scene.js';
import { syncBatch, syncKey } from './sync-kinds.js';
import {
  campaign,
  order,
  player,
  pool,
  poolOfBrand,
  postback,
  postbackLog,
  promo,
  visit,
} from './tracking-kinds.js';
import {
  balanceCorrection,
  cashout,
  cashoutSchedule,
  frozenWallet,
  paymentMethod,
  statementMonth,
} from './wallet-kinds.js';
import { brandWebhook, webhook } from './webhook-kinds.js';

/** An id that nothing has. */
export const MISSING = '01920000-0000-7000-8000-00000000dead';

const brand: Kind = { make: ({ app }) => makeBrand(app), shared: true };
const landing: Kind = { make: ({ app, brandId }) => makeLanding(app, brandId), shared: true };
const plan: Kind = { make: ({ app, brandId }, { partnerId }) => makePlan(app, brandId, partnerId) };

/** By the path before the parameter, without the base. A route whose parameter is not named here fails the matrix. */
const KINDS: Readonly<Record<string, Kind>> = {
  'auth/sessions': session,
  'brand/offers': offer,
  'brand/deals': deal,
  'brand/orders': order,
  'brand/promo-codes': poolOfBrand,
  'brand/posts': campaignPost,
  'brand/public-campaigns': publicCampaign,
  'brand/publications': publication,
  'brand/publications/{id}/files': publicationFile,
  'brand/sync-batches': syncBatch,
  'brand/sync-keys': syncKey,
  'brand/tickets': brandTicket,
  'brand/tickets/{id}/attachments': ticketFile,
  'brand/webhooks': brandWebhook,
  'me/identities': identity,
  'operator/ad-files': adFile,
  'operator/ad-package-requests': adPackageRequest,
  'operator/ad-packages': adPackage,
  'operator/ad-requests': adRequest,
  'operator/ads': ad,
  'operator/add-on-requests': addOnRequest,
  'operator/add-ons': addOn,
  'operator/audit-log': { ...auditEntry, shared: true },
  'operator/balance-corrections': balanceCorrection,
  'operator/bill-runs': { make: ({ app }) => makeBillRun(app), shared: true },
  'operator/bill-approvals': {
    make: ({ app }, { userId }) => makeApprovalRun(app, userId),
    shared: true,
  },
  'operator/bills': bill,
  'operator/bills/{id}/lines': billLineKind,
  'operator/brand-suggestions': brandSuggestion,
  'operator/broadcast-requests': broadcastRequest,
  'operator/broadcasts': submittedBroadcast,
  'operator/brands': brand,
  'operator/brands/{brandId}/promo-codes': pool,
  'operator/brands/{id}/sync-batches': syncBatch,
  'operator/brands/{id}/sync-keys': syncKey,
  'operator/cashout-schedules': cashoutSchedule,
  'operator/cashouts': cashout,
  'operator/commission-plans': plan,
  'operator/deals': deal,
  'operator/contacts': contact,
  'operator/documents': document,
  'operator/end-users': { ...endUser, shared: true },
  'operator/exchange-rates': exchangeRate,
  'operator/faq': faqEntry,
  'operator/fraud-signals': fraudSignal,
  'operator/landings': landing,
  'operator/offers': { ...offer, shared: true },
  'operator/news': news,
  'operator/news/{id}/images': newsImage,
  'operator/orders': order,
  'operator/media': { ...medium, shared: true },
  'operator/packages': { make: ({ packageId }) => Promise.resolve(packageId), shared: true },
  'operator/partners': { make: makePartner },
  'operator/partners/{id}/statements': statementMonth,
  'operator/partnership-requests': partnershipRequest,
  'operator/payment-method-types': { make: () => Promise.resolve('paypal'), shared: true },
  'operator/payout-batches': payoutBatch,
  'operator/payout-batches/{id}/lines': payoutLineKind(cashout),
  'operator/players': player,
  'operator/public-campaigns': publicCampaign,
  'operator/publications': publication,
  'operator/publications/{id}/files': publicationFile,
  'operator/referrals': referral,
  'operator/reports/favourites': operatorFavourite,
  'operator/reports/requests': operatorReport,
  'operator/reconciliation/freezes': frozenWallet,
  'operator/social-accounts': socialAccount,
  'operator/terms': termsDraft,
  'operator/tickets': ticket,
  'operator/tickets/{id}/attachments': ticketFile,
  'operator/users': user,
  'operator/visits': visit,
  'operator/webhooks': webhook,
  'partner/ad-campaigns': adCampaign,
  'partner/ad-files': adFile,
  'partner/ad-packages': adPackage,
  'partner/ads': ad,
  'partner/bills': bill,
  'partner/bills/{id}/lines': billLineKind,
  'partner/broadcasts': broadcast,
  'partner/brands': brand,
  'partner/campaigns': campaign,
  'partner/cashout-schedules': cashoutSchedule,
  'partner/cashouts': cashout,
  'partner/channels': channel,
  'partner/channels/{id}/followers': follower,
  'partner/commission-plans': plan,
  'partner/data-export': dataExport,
  'partner/documents': document,
  'partner/events': event,
  'partner/jobs': job,
  'partner/media': privateMedium,
  'partner/offers': openOffer,
  'partner/news': news,
  'partner/news/{id}/images': newsImage,
  'partner/orders': order,
  'partner/participations': participation,
  'partner/payment-methods': paymentMethod,
  'partner/players': player,
  'partner/statements': statementMonth,
  'partner/postback-log': postbackLog,
  'partner/posts': campaignPost,
  'partner/postbacks': postback,
  'partner/promos': promo,
  'partner/publications': publication,
  'partner/publications/{id}/files': publicationFile,
  'partner/reports/favourites': favourite,
  'partner/reports/requests': requestedReport,
  '/api/customer/v1/partner/report/requests': requestedReport,
  'partner/requests': ownRequest,
  'partner/social-accounts': socialAccount,
  'partner/social-accounts/connections': connectedAccount,
  'partner/terms': termsInForce,
  'partner/tickets': ticket,
  'partner/tickets/{id}/attachments': ticketFile,
  'partner/users': user,
  'partner/users/{id}/sessions': sessionOfUser,
  'partner/visits': visit,
  'partner/webhooks': webhook,
};

/**
 * Bodies that get past the check of their form, for routes with a path parameter: a wrong body would be refused before
 * the object is looked for. `{}` where none is named.
 */
export const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/operator/ad-package-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/ad-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/ads/{id}/take-down': { reason: 'Misleading' },
  'POST /api/v1/operator/add-on-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/balance-corrections/{id}/reject': { comment: 'Twice' },
  'POST /api/v1/operator/bills/{id}/cancel': { reason: 'Twice' },
  'POST /api/v1/operator/bills/{id}/corrections': { type: 'add', amount: '1.00', comment: 'Forgotten' },
  'POST /api/v1/brand/posts/{id}/reject': { reason: 'Another product' },
  'POST /api/v1/brand/promo-codes/{id}/codes': { generate: { count: 1 } },
  'POST /api/v1/operator/brands/{brandId}/promo-codes': { name: 'Autumn' },
  'POST /api/v1/operator/brands/{brandId}/promo-codes/{id}/codes': { generate: { count: 1 } },
  'POST /api/v1/operator/brands/{id}/users': { email: 'bob@brand.example', name: 'Bob', role: 'reviewer' },
  'POST /api/v1/operator/brand-suggestions/{id}/decline': { reason: 'No' },
  'POST /api/v1/operator/referrals/{id}/revoke': { reason: 'One person' },
  'POST /api/v1/operator/deals/{id}/remove': { reason: 'No' },
  'POST /api/v1/operator/documents/{id}/decline': { reason: 'Not to be read' },
  'POST /api/v1/operator/fraud-signals/{id}/confirm': { comment: 'Twice the same person' },
  'POST /api/v1/operator/fraud-signals/{id}/release': { comment: 'Two people' },
  'PUT /api/v1/operator/partners/{id}/manager': { managerId: null },
  'POST /api/v1/operator/partners/{id}/impersonate': { reason: 'They asked' },
  'POST /api/v1/operator/tickets/{id}/messages': { body: 'Soon.' },
  'POST /api/v1/operator/tickets/{id}/notes': { body: 'Ask finance.' },
  'POST /api/v1/partner/tickets/{id}/messages': { body: 'When?' },
  'POST /api/v1/brand/tickets/{id}/messages': { body: 'When?' },
  'POST /api/v1/operator/partners/{id}/notes': { text: 'Calls back in January' },
  'POST /api/v1/operator/partners/{id}/suspend': { reason: 'Asked to' },
  'POST /api/v1/operator/partnership-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/payout-batches/{id}/lines/{lineId}/mark': { outcome: 'succeeded' },
  'POST /api/v1/operator/reconciliation/freezes/{ownerId}/lift': { comment: 'Looked into' },
  'PATCH /api/v1/operator/users/{id}': { role: 'support' },
  'POST /api/v1/operator/social-accounts/{id}/reject': { reason: 'Not theirs' },
  'POST /api/v1/operator/social-accounts/{id}/verify': { code: 'AB3DEF7H' },
  'POST /api/v1/operator/users/{id}/2fa/reset': { reason: 'Lost the phone' },
  'POST /api/v1/operator/users/{id}/block': { reason: 'Bought traffic' },
  'PATCH /api/v1/operator/reports/requests/{id}': { name: 'October' },
  'PATCH /api/v1/partner/reports/requests/{id}': { name: 'October' },
  'POST /api/v1/operator/webhooks/{id}/disable': { comment: 'Forwards what it gets' },
  'POST /api/v1/brand/webhooks/{id}/replay': { since: '2026-11-01' },
  'POST /api/v1/partner/webhooks/{id}/replay': { since: '2026-11-01' },
  'POST /api/v1/operator/broadcast-requests/{id}/reject': { description: 'Not now' },
  'POST /api/v1/operator/broadcasts/{id}/cancel': { reason: 'Complaints' },
  'POST /api/v1/partner/channels/{id}/followers': { items: [{}] },
  'POST /api/v1/partner/channels/{id}/followers/remove': { externalIds: ['x'] },
  'POST /api/v1/brand/publications/{id}/comments': { text: 'Please do' },
  'POST /api/v1/brand/publications/{id}/decline-content': { reason: 'Too dark' },
  'POST /api/v1/brand/publications/{id}/reject': { reason: 'Deleted' },
  'POST /api/v1/operator/publications/{id}/reverse': { comment: 'Deleted' },
  'POST /api/v1/partner/publications/{id}/comments': { text: 'May I?' },
  'POST /api/v1/partner/publications/{id}/content': { links: ['https://cloud.example/1'] },
  'POST /api/v1/partner/publications/{id}/evidence': {
    links: ['https://cloud.example/1'],
    fileIds: [MISSING],
  },
  'POST /api/v1/partner/campaigns/{id}/promos': { landingId: MISSING },
  'POST /api/v1/partner/jobs/{id}/join': { connectedAccountId: MISSING, acceptedTermsVersion: 1 },
  'POST /api/v1/partner/participations/{id}/posts': {
    url: 'https://www.tiktok.com/@ann/video/7301234567890123456',
  },
};

/** The parameters of a path, outermost first; a kind is undefined when the registry lacks it under `key`. */
export function parametersOf(path: string): { name: string; key: string; kind: Kind | undefined }[] {
  const base = path.replace(/^\/api\/v1\//, '');
  return [...base.matchAll(/\{(\w+)\}/g)].map((match) => {
    const key = base.slice(0, match.index).replace(/\/$/, '');
    return { name: match[1]!, key, kind: KINDS[key] };
  });
}
