import { expect, it } from 'vitest';
import { locationTemplate } from './redirect-target.js';

it.each([
  ['https://fox.example', 'https://fox.example/?tag=ID'],
  ['https://fox.example/a?b=1&c=%20d', 'https://fox.example/a?b=1&c=%20d&tag=ID'],
  ['https://fox.example/#part', 'https://fox.example/?tag=ID#part'],
  ['https://fox.example/?tag=old&x=1&%74ag=older', 'https://fox.example/?x=1&tag=ID'],
  ['https://fox.example/?a=%zz&&', 'https://fox.example/?a=%zz&tag=ID'],
  ['https://föx.example/ä', 'https://xn--fx-fka.example/%C3%A4?tag=ID'],
])('adds the visit id to %s', (landing, location) => {
  const { before, after } = locationTemplate(landing, 'tag');
  expect(`${before}ID${after}`).toBe(location);
});

it.each([
  ['https://program.example/join?plan=a', 'tag', 'https://program.example/join?plan=a&ref=CODE&tag=ID'],
  [
    'https://program.example/?ref=old&%72ef=older#form',
    'tag',
    'https://program.example/?ref=CODE&tag=ID#form',
  ],
  ['https://program.example/?ref=old', 'ref', 'https://program.example/?ref=ID'],
])('A08 adds the code of a link that leads partners to %s', (landing, parameter, location) => {
  const { before, after } = locationTemplate(landing, parameter, 'CODE');
  expect(`${before}ID${after}`).toBe(location);
});

it('leaves a `ref` of its own to a landing for players', () => {
  expect(locationTemplate('https://fox.example/?ref=1', 'tag').before).toBe(
    'https://fox.example/?ref=1&tag=',
  );
});

it('uses the brand’s own parameter', () => {
  expect(locationTemplate('https://fox.example/?tag=1', 'cid').before).toBe(
    'https://fox.example/?tag=1&cid=',
  );
});
