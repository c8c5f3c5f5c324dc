import type { FieldError } from '../../../platform/errors/domain-error.js';

/** What an engagement may hold beside its text. */
export interface EngagementContent {
  readonly question: string | null;
  /** What may be answered. */
  readonly options: readonly string[];
  readonly linkUrl: string | null;
  readonly linkLabel: string | null;
}

type Field = keyof EngagementContent;

/** A type of engagement: what it must hold, and what it may hold besides. */
interface EngagementDescription {
  readonly title: string;
  readonly description: string;
  readonly needs: readonly Field[];
  readonly allows: readonly Field[];
}

/** The types of engagement that a broadcast may be: checks, documentation and `GET /partner/engagement-types` read them. */
export const ENGAGEMENT_TYPES = {
  message: {
    title: 'Message',
    description: 'A text, with a link if there is one.',
    needs: [],
    allows: ['linkUrl', 'linkLabel'],
  },
  poll: {
    title: 'Poll',
    description: 'A question with answers to choose from; people vote on the page that the link leads to.',
    needs: ['question', 'options', 'linkUrl'],
    allows: ['linkLabel'],
  },
  quiz: {
    title: 'Quiz',
    description:
      'A question with answers, one of which is right; people answer on the page that the link leads to.',
    needs: ['question', 'options', 'linkUrl'],
    allows: ['linkLabel'],
  },
  offer: {
    title: 'Offer',
    description: 'Something to get on the page that the link leads to.',
    needs: ['linkUrl'],
    allows: ['linkLabel'],
  },
} as const satisfies Record<string, EngagementDescription>;

export type EngagementType = keyof typeof ENGAGEMENT_TYPES;

export const ENGAGEMENT_TYPE_NAMES = Object.keys(ENGAGEMENT_TYPES) as EngagementType[];

const FIELDS: readonly Field[] = ['question', 'options', 'linkUrl', 'linkLabel'];
/** What asks must leave a choice. */
const FEWEST_OPTIONS = 2;

/** What an engagement of the type lacks, and what it holds that the type has no place for. */
export function engagementFaults(type: EngagementType, content: EngagementContent): FieldError[] {
  const { title, needs, allows }: EngagementDescription = ENGAGEMENT_TYPES[type];
  return FIELDS.flatMap((path): FieldError[] => {
    const value = content[path];
    const given = Array.isArray(value) ? value.length > 0 : value !== null;
    if (given && ![...needs, ...allows].includes(path)) {
      return [{ path, message: `has no place in an engagement of the type ${title}` }];
    }
    if (!needs.includes(path)) return [];
    if (path === 'options' && content.options.length < FEWEST_OPTIONS) {
      return [{ path, message: `must be at least ${FEWEST_OPTIONS} answers` }];
    }
    return given ? [] : [{ path, message: `must be given for an engagement of the type ${title}` }];
  });
}
