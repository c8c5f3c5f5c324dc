import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, templateFault } from './broadcast-template.js';
import { engagementFaults } from './engagement-type.js';

const VALUES = { name: 'Ann', channel: 'Tests' };

describe('O04 templates of broadcasts', () => {
  it('are filled once: a value that looks like a variable stays text', () => {
    expect(fillTemplate('Hi ${name}, from ${channel}', VALUES)).toBe('Hi Ann, from Tests');
    expect(fillTemplate('Hi ${name}', { name: '${channel} $& $1', channel: 'secret' })).toBe(
      'Hi ${channel} $& $1',
    );
  });

  it.each([
    '${email}',
    '${ name }',
    '${name',
    '${constructor}',
    '${}',
    'x {{name}}',
    '$[name]',
    '<%= name %>',
  ])('refuse %s, with the right form', (template) => expect(templateFault(template)).toContain('${name}'));

  it('that pass leave nothing unfilled, whatever they hold', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('${name}', '${channel}', '${', '}', '$', '{'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const template = parts.join('');
        if (templateFault(template) === null) {
          // Values that are not empty: what stands on both sides of a variable does not come together.
          expect(fillTemplate(template, { name: '-', channel: '-' })).not.toContain('${');
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('O04 types of engagement', () => {
  const content = { question: null, options: [], linkUrl: null, linkLabel: null };
  const link = { ...content, linkUrl: 'https://poll.example' };

  it('say what is missing and what has no place', () => {
    const paths = (...given: Parameters<typeof engagementFaults>) =>
      engagementFaults(...given).map(({ path }) => path);
    expect(paths('message', content)).toEqual([]);
    expect(paths('message', { ...link, question: 'Which?' })).toEqual(['question']);
    expect(paths('offer', content)).toEqual(['linkUrl']);
    expect(paths('poll', content)).toEqual(['question', 'options', 'linkUrl']);
    expect(paths('quiz', { ...link, question: 'Which?', options: ['One'] })).toEqual(['options']);
    expect(paths('quiz', { ...link, question: 'Which?', options: ['One', 'Two'] })).toEqual([]);
  });
});
