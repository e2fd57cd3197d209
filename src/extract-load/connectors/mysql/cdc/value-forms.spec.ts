import { describe, expect, it } from 'vitest'
import { jsonText } from './json-binary.js'
import { decimalText, timeText, valuesOf } from './value-forms.js'

const json = (hex: string) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return jsonText(bytes, 0, bytes.length)
}
const double = (number: number) => {
  const bytes = Buffer.alloc(9)
  bytes[0] = 0x0b
  bytes.writeDoubleLE(number, 1)
  return jsonText(bytes, 0, 9)
}
/** A value of a type that JSON does not have: its number, its length, its bytes. */
const opaque = (type: number, bytes: Buffer) =>
  jsonText(Buffer.concat([Buffer.from([0x0f, type, bytes.length]), bytes]), 0, bytes.length + 3)
const moment = (days: bigint, clock: bigint, micros: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE((((days << 17n) | clock) << 24n) | micros)
  return bytes
}

describe("MySQL's JSON in the log", () => {
  it.each([
    ['', 'null'],
    ['04 00', 'null'],
    ['04 01', 'true'],
    ['04 02', 'false'],
    ['05 ffff', '-1'],
    ['06 ffff', '65535'],
    ['07 00000080', '-2147483648'],
    ['08 ffffffff', '4294967295'],
    ['09 0000000000000080', '-9223372036854775808'],
    ['0a ffffffffffffffff', '18446744073709551615'],
    ['0c 03 61220a', '"a\\"\\n"'],
    ['0c 02 c3bc', '"ü"'],
    // {"a": 1}
    ['00 0100 0c00 0b00 0100 05 0100 61', '{"a": 1}'],
    // {"b": [true, "xyz", 70000], "cc": {}}
    [
      '00 0200 2e00 1200 0100 1300 0200 02 1500 00 2a00 62 6363 0300 1500 04 0100 0c 0d00 07 1100 03 78797a 70110100 0000 0400',
      '{"b": [true, "xyz", 70000], "cc": {}}',
    ],
    // Of a large one numbers of four bytes lie in their entry.
    ['03 02000000 12000000 08 ffffffff 07 ffffffff', '[4294967295, -1]'],
    ['02 0000 0400', '[]'],
  ])('%s is %s', (hex, text) => expect(json(hex)).toBe(text))

  it.each([
    [1, '1.0'],
    [-0.1, '-0.1'],
    [1.5, '1.5'],
    [0.00001, '0.00001'],
    [123456.789, '123456.789'],
    [100000000000000, '100000000000000.0'],
    [1e15, '1e15'],
    [1.25e300, '1.25e300'],
    [5e-324, '5e-324'],
  ])('%d is %s', (number, text) => expect(double(number)).toBe(text))

  it('numbers with all digits, times and bytes', () => {
    // decimal(12, 2): 12345.60, ten digits before the point in one and four bytes.
    expect(opaque(246, Buffer.from('0c02 80 00003039 3c'.replaceAll(' ', ''), 'hex'))).toBe('12345.60')
    const day = (BigInt(2024 * 13 + 2) << 5n) | 29n
    const clock = (12n << 12n) | (34n << 6n) | 56n
    expect(opaque(10, moment(day, 0n, 0n))).toBe('"2024-02-29"')
    expect(opaque(12, moment(day, clock, 789012n))).toBe('"2024-02-29 12:34:56.789012"')
    expect(opaque(11, moment(0n, clock, 5n))).toBe('"12:34:56.000005"')
    expect(opaque(252, Buffer.from('abc'))).toBe('"base64:type252:YWJj"')
  })
})

it('the values of an enum are read as the catalogue prints them', () => {
  expect(valuesOf("enum('a','it''s','b\\\\s','n\\nl','','x,y)')")).toEqual(['a', "it's", 'b\\s', 'n\nl', '', 'x,y)'])
})

it.each([
  [1, 0, '81', '1'],
  [1, 0, '7e', '-1'],
  [4, 4, '8001', '0.0001'],
  [4, 4, '7ffe', '-0.0001'],
  [14, 4, '8100000002 0003'.replace(' ', ''), '1000000002.0003'],
])('decimal(%d, %d) %s is %s', (precision, scale, hex, text) => {
  const { textOf, bytes } = decimalText(precision, scale)
  expect(bytes).toBe(hex.length / 2)
  expect(textOf(Buffer.from(hex, 'hex'), 0)).toBe(text)
})

it('times of the old form, and negative ones with digits behind the second', () => {
  const old = Buffer.alloc(3)
  old.writeIntLE(-8385959, 0, 3)
  expect(timeText(undefined)(old, 0, 3)).toBe('-838:59:59')
  // A hundredth of a second before zero.
  expect(timeText(2)(Buffer.from('7fffffff', 'hex'), 0, 4)).toBe('-00:00:00.01')
})
