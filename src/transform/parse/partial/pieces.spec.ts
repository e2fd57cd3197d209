import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pieces } from './pieces.js'

describe('bytes in pieces', () => {
  it('are read as if they were one, wherever the pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(40), fc.nat(40), (texts, a, b) => {
        const buffers = texts.map((text) => Buffer.from(text))
        const whole = Buffer.concat(buffers)
        const [start, end] = [Math.min(a, b), Math.max(a, b)]
        const pieces = new Pieces(buffers)
        expect(pieces.length).toBe(whole.length)
        expect(Buffer.concat(pieces.between(start, end))).toEqual(whole.subarray(start, end))
        expect(pieces.text(start, end)).toBe(whole.toString('utf8', start, end))
      }),
    )
  })
})
