import { describe, expect, it } from 'vitest'
import { NoPacket, PacketStream, packetOf, packetTypes } from './packets.js'

describe('packets', () => {
  const sent = [packetOf(1, [3]), packetOf(5, [7, 'häh', 2n ** 40n, Buffer.from([1, 2])]), packetOf(105, [9, 0])]

  it.each([1, 2, 3, 7, 1000])('are the same in pieces of %i bytes', (length) => {
    const stream = new PacketStream()
    const all = Buffer.concat(sent)
    const got = []
    for (let at = 0; at < all.length; at += length) got.push(...stream.add(all.subarray(at, at + length)))
    expect(got.map(({ type }) => type)).toEqual([1, 5, 105])
    const body = got[1]?.body
    expect([body?.number(), body?.text(), body?.long(), body?.bytes(), body?.isAtEnd]).toEqual([
      7,
      'häh',
      2 ** 40,
      Buffer.from([1, 2]),
      true,
    ])
  })
  it('are told from other texts', () => {
    expect(() => [...new PacketStream().add(Buffer.from('Welcome to this server'))]).toThrow(NoPacket)
  })
})

describe('attributes', () => {
  const read = (...fields: Parameters<typeof packetOf>[1]) => {
    const [packet] = new PacketStream().add(packetOf(packetTypes.attributes, fields))
    return packet?.body.attributes()
  }
  it.each([
    [0o100644, 'file'],
    [0o040755, 'folder'],
    [0o120777, 'link'],
    [0o140777, 'other'],
  ])('of a mode %i', (mode, kind) => expect(read(4, mode)).toMatchObject({ kind }))
  it('are read in their order, and others are passed over', () => {
    expect(read(0x8000_000f, 5_000_000_000n, 1, 2, 0o100600, 10, 1_704_067_200, 1, 'a', 'b')).toEqual({
      sizeBytes: 5_000_000_000,
      kind: 'file',
      modifiedAt: new Date('2024-01-01T00:00:00Z'),
    })
    expect(read(0)).toEqual({ sizeBytes: 0, kind: undefined, modifiedAt: new Date(0) })
  })
  it('that end too early are no attributes', () => expect(() => read(1)).toThrow(RangeError))
})
