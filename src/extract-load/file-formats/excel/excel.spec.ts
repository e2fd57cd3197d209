import { describe, expect, it } from 'vitest'
import { dayText, numberKind } from './number-formats.js'
import { XmlReader } from './xml-reader.js'

describe('number formats', () => {
  it.each([
    ['General', 'number'],
    ['0.00E+00', 'number'],
    ['#,##0 "days"', 'number'],
    ['[Red]-0.0', 'number'],
    ['[h]:mm:ss', 'number'],
    ['yyyy', 'date'],
    ['mmm', 'date'],
    ['[$-F800]dddd, mmmm dd, yyyy', 'date'],
    ['dd.mm.yyyy hh:mm', 'timestamp'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['\\d0', 'number'],
    ['0;"d"', 'number'],
  ])('%s is a %s', (code, kind) => expect(numberKind(200, code)).toBe(kind))
  it.each([
    [0, 'number'],
    [4, 'number'],
    [14, 'date'],
    [20, 'time'],
    [22, 'timestamp'],
    [46, 'number'],
    [49, 'number'],
  ])('the built-in format %d is a %s', (id, kind) => expect(numberKind(id, undefined)).toBe(kind))
})

it.each([
  [45351, 'date', '2024-02-29'],
  [45351.25, 'date', '2024-02-29T06:00:00'],
  [45351, 'timestamp', '2024-02-29T00:00:00'],
  [0.999_999_999_9, 'time', undefined],
  [1.5, 'time', '1900-01-01T12:00:00'],
  [-1, 'date', undefined],
  [3e6, 'date', undefined],
] as const)('%d as a %s is %s', (days, kind, text) => {
  if (text !== undefined || days < 0 || days > 1e6) expect(dayText(days, kind, 1900)).toBe(text)
  // What rounds up to the next day is no time of this one.
  else expect(dayText(days, kind, 1900)).toMatch(/^(1899-12-31T)?00:00:00$/)
})

it('XML is the same wherever it is cut into pieces', () => {
  const xml = `<?xml version="1.0"?><!-- a > b --><x:a l='>' k="1 &amp; 2"><b/>t&lt;<![CDATA[<raw>]]></x:a >`
  const read = (pieces: readonly string[]) => {
    const seen: string[] = []
    const reader = new XmlReader({
      open: (name, attribute) => seen.push(`<${name} ${attribute('k') ?? ''}>`),
      text: (text) => seen.push(text),
      close: (name) => seen.push(`</${name}>`),
    })
    for (const piece of pieces) reader.write(piece)
    return seen.join('')
  }
  const whole = read([xml])
  for (let i = 1; i < xml.length; i++) expect(read([xml.slice(0, i), xml.slice(i)])).toBe(whole)
  expect(whole).toBe('<a 1 & 2><b ></b>t<<raw></a>')
})
