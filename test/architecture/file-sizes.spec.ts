import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.js';

const MAX_LINES = 400;
const USUAL_LINES = 200;
const USUAL_SHARE = 0.9;

const lineCount = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').length;

describe('The files', () => {
  const files = ['src', 'test', 'migrations'].flatMap(sourceFiles);

  it('are named in kebab-case', () => {
    const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.ts$/;
    expect(files.filter((file) => !kebabCase.test(file.split(/[\\/]/).at(-1) ?? ''))).toEqual([]);
  });

  it(`have at most ${MAX_LINES} lines`, () => {
    expect(files.filter((file) => lineCount(file) > MAX_LINES)).toEqual([]);
  });

  it(`have fewer than ${USUAL_LINES} lines, nine of ten in src`, () => {
    const sources = sourceFiles('src');
    const usual = sources.filter((file) => lineCount(file) < USUAL_LINES);
    expect(usual.length / sources.length).toBeGreaterThanOrEqual(USUAL_SHARE);
  });
});
