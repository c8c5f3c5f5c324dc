/** A variable that every postback may use. */
export interface BuiltInVariable {
  readonly name: string;
  readonly meaning: string;
  readonly example: string;
}

/** Built-in variables (rule 5.2); every other name is a custom parameter of the tracking link. */
export const BUILT_IN_VARIABLES: readonly BuiltInVariable[] = [
  {
    name: 'action',
    meaning:
      'What happened: registration, first_deposit, deposit, qualification, order_created, order_approved or order_declined.',
    example: 'first_deposit',
  },
  {
    name: 'event_id',
    meaning:
      'Identifier of the event; the same when a postback is sent again, so that you can drop repetitions.',
    example: '019a5f3e-7c1d-5b6a-9c55-2a3f7d1e8b90',
  },
  {
    name: 'amount',
    meaning:
      'Decimal amount of the deposit, of the order or of the reward for the qualified player; empty for a registration.',
    example: '125.50',
  },
  { name: 'currency', meaning: 'ISO 4217 code of the amount; empty for a registration.', example: 'EUR' },
  {
    name: 'date',
    meaning: 'When it happened, UTC, RFC 3339.',
    example: '2026-10-01T10:00:00.000Z',
  },
  { name: 'timestamp', meaning: 'When it happened, whole seconds since 1970.', example: '1790848800' },
  {
    name: 'campaign_id',
    meaning: 'Identifier of the campaign.',
    example: '019a5f3e-7c1d-7aaa-8000-000000000001',
  },
  { name: 'promo_id', meaning: 'Identifier of the promo.', example: '019a5f3e-7c1d-7bbb-8000-000000000002' },
  { name: 'brand_id', meaning: 'Identifier of the brand.', example: '019a5f3e-7c1d-7ccc-8000-000000000003' },
  {
    name: 'visit_id',
    meaning:
      "The tracking link's own visit_id parameter when it carried one, else the identifier of the visit.",
    example: '019a5f3e-7c1d-7ddd-8000-000000000004',
  },
  {
    name: 'track_id',
    meaning:
      "The tracking link's own track_id parameter when it carried one, else the identifier of the visit.",
    example: '019a5f3e-7c1d-7ddd-8000-000000000004',
  },
  {
    name: 'player_id',
    meaning: 'Identifier of the player; empty for an order.',
    example: '019a5f3e-7c1d-7eee-8000-000000000005',
  },
  { name: 'order_id', meaning: "The brand's own number of the order; empty for a player.", example: 'o-1' },
  {
    name: 'promo_code',
    meaning: 'Promo code that brought the order; empty when a visit did, and for a player.',
    example: 'FOX10',
  },
  {
    name: 'country',
    meaning: 'ISO 3166 code of the country of the player or the order; empty when unknown.',
    example: 'DE',
  },
];

/** What a template is filled from. */
export interface TemplateSource {
  readonly action: string;
  readonly eventId: string;
  /** Decimal text. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly occurredAt: Date;
  readonly campaignId: string;
  readonly promoId: string;
  readonly brandId: string;
  readonly visitId: string | null;
  readonly playerId: string | null;
  /** The brand's own id of the order, and the code that brought it. */
  readonly orderId: string | null;
  readonly promoCode: string | null;
  readonly country: string | null;
  /** Query parameters of the visit. */
  readonly query: Readonly<Record<string, string>>;
}

/** Value of each variable; a custom parameter that the visit did not carry is absent. */
export type TemplateValues = ReadonlyMap<string, string>;

/**
 * The values for one event. Trackers may carry their click id under the names `visit_id` and `track_id`, so there
 * the link's own value wins; the other built-in names cannot be overridden by a link.
 */
export function valuesOf(source: TemplateSource): TemplateValues {
  const query = new Map(Object.entries(source.query));
  const visitId = source.visitId ?? '';
  return new Map([
    ...query,
    ['action', source.action],
    ['event_id', source.eventId],
    ['amount', source.amount ?? ''],
    ['currency', source.currency ?? ''],
    ['date', source.occurredAt.toISOString()],
    ['timestamp', String(Math.floor(source.occurredAt.getTime() / 1_000))],
    ['campaign_id', source.campaignId],
    ['promo_id', source.promoId],
    ['brand_id', source.brandId],
    ['visit_id', query.get('visit_id') ?? visitId],
    ['track_id', query.get('track_id') ?? visitId],
    ['player_id', source.playerId ?? ''],
    ['order_id', source.orderId ?? ''],
    ['promo_code', source.promoCode ?? ''],
    ['country', source.country ?? ''],
  ]);
}

/** The catalogue's examples, for test-fires; custom parameters are left as they are. */
export function sampleValues(action: string, eventId: string): TemplateValues {
  const examples = BUILT_IN_VARIABLES.map(({ name, example }): [string, string] => [name, example]);
  return new Map([...examples, ['action', action], ['event_id', eventId]]);
}
