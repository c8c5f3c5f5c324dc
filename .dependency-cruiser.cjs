/**
 * The rooms in their one order. A room imports only from rooms to its left, and only through their index.ts.
 * To add a room, add it here; nothing else in this file names rooms.
 */
const rooms = [
  'platform',
  'identity',
  'wallet',
  'partner-management',
  'brands',
  'commissions',
  'campaigns',
  'referrals',
  'tracking',
  'billing',
  'postbacks',
  'publications',
  'public-campaigns',
  'content',
  'reports',
];

const anyOf = (names) => `(?:${names.join('|')})`;
const inside = (names) => `^src/${anyOf(names)}/`;
const specs = '\\.spec\\.ts$';

/** Of platform, what domain folders may use, and directly: as pure as they are (money's DTO is not). */
const pureOfPlatform =
  '^src/platform/(?:money/(?!.*\\.dto\\.ts$)|errors/domain-error\\.ts$|files/(?:file-format|image-file)\\.ts$|http/(?:address-text|country|file-cell|http-url|xml)\\.ts$|json/json-parts\\.ts$|time/(?:calendar-day|time-zones)\\.ts$)';
/** The catalogue of measures: one set of formulas for commission and reports, so both domains read it directly. */
const measures = '^src/commissions/domain/measures\\.ts$';
/** Node's modules that only compute. */
const pureOfNode = '^(?:node:)?(?:assert|buffer|url|util)(?:/strict)?$';
/** Packages that only compute. */
const pureOfPackages =
  '(?:^|/)node_modules/(?:decimal\\.js|luxon|@types/luxon|ipaddr\\.js|ibantools|image-size|otplib|csv-parse|sax|fast-xml-builder|any-ascii|@types/sax|@zxcvbn-ts/language-common|multicoin-address-validator|validator)/';

const noImportFromTheRight = rooms.slice(0, -1).map((room, position) => ({
  name: `${room}-imports-leftwards`,
  comment: `${room} knows nothing of the rooms to its right; they listen to its events instead.`,
  severity: 'error',
  from: { path: inside([room]) },
  to: { path: inside(rooms.slice(position + 1)) },
}));

const onlyThroughTheDoor = rooms.map((room) => ({
  name: `${room}-only-through-its-door`,
  comment: `Others use ${room} by what its index.ts exports, so that its inside can change freely.`,
  severity: 'error',
  from: { path: '^src/', pathNot: inside([room]) },
  to: {
    path: inside([room]),
    pathNot: [`^src/${room}/(?:index|${room}\\.module)\\.ts$`, pureOfPlatform, measures],
  },
}));

module.exports = {
  forbidden: [
    ...noImportFromTheRight,
    ...onlyThroughTheDoor,
    {
      name: 'modules-meet-by-the-index',
      comment: 'Only the composition of the application may name a module file; rooms use index.ts.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/(?:cli|demo)/' },
      to: { path: '^src/([^/]+)/\\1\\.module\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'no-circles',
      comment: 'A circle cannot be understood, tested or moved in parts.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'known-rooms-only',
      comment: 'A folder in src that is not in the list of rooms escapes every rule above.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/${anyOf([...rooms, 'cli', 'demo'])}/` },
      to: {},
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules are tested without Nest, TypeORM, a clock or a network: domain imports pure code only.',
      severity: 'error',
      from: { path: '^src/([^/]+)/domain/', pathNot: specs },
      to: { pathNot: ['^src/$1/domain/', pureOfPlatform, measures, pureOfNode, pureOfPackages] },
    },
    {
      name: 'money-is-pure',
      comment: 'Domain folders may use platform/money, so it must be as pure as they are.',
      severity: 'error',
      from: { path: pureOfPlatform, pathNot: specs },
      to: { pathNot: [pureOfPlatform, pureOfNode, pureOfPackages] },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be resolved is one that no rule was applied to.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-tests',
      comment: 'What ships does not lean on tests or on packages of development.',
      severity: 'error',
      from: { path: '^src/', pathNot: specs },
      to: { path: ['^test/', specs] },
    },
    {
      name: 'not-to-dev-packages',
      comment: 'A production installation lacks the packages of development.',
      severity: 'error',
      from: { path: '^src/', pathNot: specs },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
