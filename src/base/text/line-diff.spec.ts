import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineDiff, shortDiff } from './line-diff.js'

const shown = (lines: readonly { sign: string; text: string }[]) => lines.map(({ sign, text }) => `${sign}${text}`)

describe('lineDiff', () => {
  it('keeps what is in both and tells the rest', () => {
    expect(shown(lineDiff('a\nb\nc', 'a\nx\nc\nd'))).toEqual([' a', '-b', '+x', ' c', '+d'])
  })
  it('leads from one text to the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after)
        const side = (left: string) =>
          lines
            .filter(({ sign }) => sign !== left)
            .map(({ text }) => text)
            .join('\n')
        expect([side('+'), side('-')]).toEqual([before, after])
      }),
    )
  })
  it('shows changes with the lines around them', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`)
    const after = before.map((line) => (line === 'line 3' || line === 'line 15' ? `${line}!` : line))
    expect(shown(shortDiff(lineDiff(before.join('\n'), after.join('\n')), 1))).toEqual([
      ' line 2',
      '-line 3',
      '+line 3!',
      ' line 4',
      ' …',
      ' line 14',
      '-line 15',
      '+line 15!',
      ' line 16',
    ])
  })
})
