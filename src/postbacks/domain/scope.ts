/** Where something happened, and what. */
export interface Happening {
  readonly action: string;
  readonly campaignId: string;
  readonly promoId: string;
}

/** What a postback is for. */
interface Scoped {
  readonly action: string;
  readonly scope: 'account' | 'campaign' | 'promo';
  readonly campaignId: string | null;
  readonly promoId: string | null;
}

/** Whether a postback hears of it (rule 5.1); the narrowest scope does not silence the wider ones. */
export function hears(postback: Scoped, { action, campaignId, promoId }: Happening): boolean {
  if (postback.action !== action) return false;
  switch (postback.scope) {
    case 'account':
      return true;
    case 'campaign':
      return postback.campaignId === campaignId;
    case 'promo':
      return postback.promoId === promoId;
  }
}
