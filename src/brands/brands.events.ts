/** A landing's address or a brand's tag parameter has changed: redirect targets must be read anew. */
export const REDIRECT_TARGETS_CHANGED = 'brands.redirect_targets_changed';

/** `landingId` is null when the change concerns every landing of the brand. */
export interface RedirectTargetsChanged {
  brandId: string;
  landingId: string | null;
}
