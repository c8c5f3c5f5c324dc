/**
 * SQL of the versions in force: of every kind and brand the one published last. As a table, `current`.
 * @param now SQL of the time; trusted text
 */
export function termsInForce(now: string): string {
  return `(SELECT DISTINCT ON (kind, brand_id) * FROM terms_versions WHERE publish_at <= ${now}
            ORDER BY kind, brand_id, publish_at DESC, version DESC) AS current`;
}
