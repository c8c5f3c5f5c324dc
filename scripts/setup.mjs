/**
 * Brings a checkout into the state that `npm start` and `npm test` need, without anything done by hand.
 *   node scripts/setup.mjs install   installs the dependencies when they do not fit package-lock.json
 *   node scripts/setup.mjs build     the same, then builds when dist/ does not fit the sources
 *   node scripts/setup.mjs stamp     notes the sources that dist/ was built from (after every build)
 * Plain Node 18 or later and no dependencies: it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(project, 'dist', '.stamp');
const builtFrom = [
  'src',
  'migrations',
  'nest-cli.json',
  'package-lock.json',
  'rolldown.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
];

switch (process.argv[2]) {
  case 'install':
    install();
    break;
  case 'build':
    install();
    build();
    break;
  case 'stamp':
    writeFileSync(stampFile, hashOfSources());
    break;
  default:
    console.error('Usage: node scripts/setup.mjs install|build|stamp');
    process.exitCode = 1;
}

function install() {
  if (installedAsLocked()) return;
  console.log('Installing the dependencies …');
  npm('ci', '--ignore-scripts');
}

function build() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashOfSources()) return;
  console.log('Building …');
  npm('run', '--silent', 'build');
}

/** npm writes what it installed into node_modules/.package-lock.json, as the last step of an installation. */
function installedAsLocked() {
  const installed = readPackages(join(project, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(project, 'package-lock.json'));
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return installed !== null;
    const found = installed?.[path];
    // Optional packages for other platforms are locked but not installed.
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null;
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of builtFrom.flatMap((path) => filesIn(join(project, path)))) {
    hash
      .update(`${relative(project, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** The path itself when it is a file; of a folder its files in a fixed order, tests left out. */
function filesIn(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return error.code === 'ENOTDIR' ? [path] : [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter((entry) => !entry.name.endsWith('.spec.ts'))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]));
}

/** Runs npm by the Node and the npm that started us, and ends with its exit code when it fails. */
function npm(...parameters) {
  const cli = process.env.npm_execpath;
  // Not process.execPath: once installed, that is a Node inside the node_modules that `npm ci` replaces.
  const [program, first] = cli ? [process.env.npm_node_execpath ?? process.execPath, [cli]] : ['npm', []];
  const { status, error } = spawnSync(program, [...first, ...parameters], {
    cwd: project,
    stdio: 'inherit',
    shell: !cli && process.platform === 'win32',
  });
  if (error) console.error(`npm could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
