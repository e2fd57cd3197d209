import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pieces, PiecesWriter } from './pieces.js'

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

  it('are made of texts and of other pieces, in their order', () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.uint8Array()))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const writer = new PiecesWriter()
        const whole = Buffer.concat(
          parts.flatMap((one) => {
            if (typeof one !== 'string') {
              writer.bytes(one.map((bytes) => Buffer.from(bytes)))
              return one
            }
            expect(writer.text(one)).toBe(Buffer.byteLength(one))
            return [Buffer.from(one)]
          }),
        )
        expect(Buffer.concat(writer.pieces().all)).toEqual(whole)
      }),
    )
  })

  it('hold texts that are longer than a buffer', () => {
    const writer = new PiecesWriter()
    const texts = ['a'.repeat(700_000), 'é'.repeat(700_000), '…'.repeat(900_000), 'z']
    for (const text of texts) writer.text(text)
    const pieces = writer.pieces()
    expect(pieces.text(0, pieces.length)).toBe(texts.join(''))
  })
})
