/**
 * SQL of the news that a partner sees: published, its time come, and meant for the partner. Begins with FROM; `n` is the
 * news. `$1` is the partner's id, `$2` the time.
 */
export const NEWS_OF_PARTNER = `
  FROM news n JOIN partners p ON p.id = $1
 WHERE n.state = 'published' AND n.publish_at <= $2
   AND (n.partner_kinds = '{}' OR p.kind = ANY (n.partner_kinds))
   AND (n.package_ids = '{}' OR p.package_id = ANY (n.package_ids))
   AND (n.countries = '{}' OR p.country = ANY (n.countries))
   AND (n.brand_ids = '{}' OR EXISTS (
          SELECT FROM campaigns c WHERE c.partner_id = p.id AND c.brand_id = ANY (n.brand_ids)))`;
