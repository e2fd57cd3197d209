import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutTo, displayWidth, printable } from './display-width.js'

it.each([
  ['plain', 5],
  ['naïve', 5],
  ['e\u0301', 1],
  ['東京', 4],
  ['🛫 jet', 6],
])('%s takes %d columns', (text, width) => expect(displayWidth(text)).toBe(width))

it.each([
  ['departures', 6, 'depar…'],
  ['東京国際', 5, '東京…'],
  ['東京国際', 4, '東…'],
  ['fits', 4, 'fits'],
  ['none', 0, ''],
])('%s in %d columns is %s', (text, width, cut) => expect(cutTo(text, width)).toBe(cut))

it('what is cut is never wider than asked for', () =>
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(30),
      (text, width) => displayWidth(cutTo(text, width)) <= width,
    ),
  ))

it('what would steer the terminal is spelled out', () =>
  expect(printable('a\nb\u001b[31mred\t\u0007')).toBe('a\\nb\\x1b[31mred\\t\\x07'))
