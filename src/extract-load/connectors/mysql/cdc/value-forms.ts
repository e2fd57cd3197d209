import { VectorReader } from '../../../table-source/column-reader.js'

/**
 * Values as the server keeps them in its log:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html, https://dev.mysql.com/doc/internals/en/date-and-time-data-type-representation.html
 */

const digitsPerWord = 9
/** Bytes of so many decimal digits. */
const bytesOfDigits = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]

/** `decimal`: groups of nine digits, four bytes each, the highest first; the first bit is turned, and of negative ones all are. */
export function decimalText(precision: number, scale: number) {
  const whole = precision - scale
  // Only the first group before the point and the last one behind it have fewer digits than nine.
  const groups: number[] = []
  if (whole % digitsPerWord > 0) groups.push(whole % digitsPerWord)
  for (let i = 0; i < Math.floor(whole / digitsPerWord); i++) groups.push(digitsPerWord)
  const wholeGroups = groups.length
  for (let i = 0; i < Math.floor(scale / digitsPerWord); i++) groups.push(digitsPerWord)
  if (scale % digitsPerWord > 0) groups.push(scale % digitsPerWord)
  const sizes = groups.map((digits) => bytesOfDigits[digits] as number)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const textOf = (buffer: Buffer, start: number): string => {
    const isNegative = ((buffer[start] as number) & 0x80) === 0
    let at = start
    let text = ''
    let fraction = ''
    for (let i = 0; i < groups.length; i++) {
      const size = sizes[i] as number
      let value = 0
      for (let j = 0; j < size; j++) {
        let byte = buffer[at + j] as number
        if (i === 0 && j === 0) byte ^= 0x80
        value = value * 256 + (isNegative ? byte ^ 0xff : byte)
      }
      at += size
      const digits = String(value).padStart(groups[i] as number, '0')
      if (i < wholeGroups) text += digits
      else fraction += digits
    }
    text = text.replace(/^0+(?=\d)/, '')
    const number = scale > 0 ? `${text === '' ? '0' : text}.${fraction}` : text
    return isNegative ? `-${number}` : number
  }
  return { textOf, bytes }
}

/** Writes the parts of a date as a result set has them: year, month, day. @returns how many bytes; none for a day of zeros */
export function dateParts(to: Buffer, packed: number): number {
  to.writeUInt16LE(packed >> 9)
  to[2] = (packed >> 5) & 0x0f
  to[3] = packed & 0x1f
  return packed === 0 ? 0 : 4
}

/** The digits of a second that are there, as microseconds. */
function microsAt(bytes: Buffer, at: number, size: number): number {
  if (size === 0) return 0
  return bytes.readUIntBE(at, size) * (size === 1 ? 10_000 : size === 2 ? 100 : 1)
}

/**
 * Writes the parts of a `datetime` as a result set has them.
 * @param length 0 for the old form: the digits of the whole as one number
 * @returns how many bytes; none for zeros
 */
export function datetimeParts(to: Buffer, bytes: Buffer, at: number, length: number): number {
  if (length === 0) return oldDatetimeParts(to, bytes.readBigUInt64LE(at))
  const packed = bytes.readUIntBE(at, 5) - 0x80_0000_0000
  const yearMonth = Math.floor(packed / 2 ** 22)
  const rest = packed % 2 ** 22
  to.writeUInt16LE(Math.floor(yearMonth / 13))
  to[2] = yearMonth % 13
  to[3] = rest >> 17
  to[4] = (rest >> 12) & 0x1f
  to[5] = (rest >> 6) & 0x3f
  to[6] = rest & 0x3f
  to.writeUInt32LE(microsAt(bytes, at + 5, length - 5), 7)
  return packed === 0 ? 0 : 11
}

function oldDatetimeParts(to: Buffer, number: bigint): number {
  const digits = String(number).padStart(14, '0')
  const part = (from: number, end: number) => Number(digits.slice(from, end))
  to.writeUInt16LE(part(0, 4))
  for (let i = 0; i < 5; i++) to[2 + i] = part(4 + 2 * i, 6 + 2 * i)
  to.writeUInt32LE(0, 7)
  return number === 0n ? 0 : 11
}

/** `timestamp`: seconds since 1970, the highest byte first, and the digits behind. 0 is the day of zeros. */
export class EpochReader extends VectorReader {
  readonly #isOld: boolean

  /** @param isOld the lowest byte comes first */
  constructor(isOld: boolean) {
    super('TIMESTAMP WITH TIME ZONE', 8)
    this.#isOld = isOld
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const seconds = this.#isOld ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
    const micros = microsAt(bytes, at + 4, length - 4)
    if (seconds === 0 && micros === 0) this.refuse(row)
    else this.view.setBigInt64(row * 8, BigInt(seconds * 1_000_000 + micros), true)
  }
}

const two = (number: number) => String(number).padStart(2, '0')

/** `time` as the server prints it. @param digits behind the second; undefined for the old form */
export function timeText(digits: number | undefined) {
  if (digits === undefined)
    return (bytes: Buffer, at: number): string => {
      const number = bytes.readIntLE(at, 3)
      const size = Math.abs(number)
      return `${number < 0 ? '-' : ''}${two(Math.floor(size / 10_000))}:${two(Math.floor(size / 100) % 100)}:${two(size % 100)}`
    }
  return (bytes: Buffer, at: number, length: number): string => {
    const fractionBytes = length - 3
    const packed = bytes.readUIntBE(at, length) - 0x80_0000 * 256 ** fractionBytes
    const size = Math.abs(packed)
    const clock = Math.floor(size / 256 ** fractionBytes)
    const fraction = size % 256 ** fractionBytes
    const micros = fraction * (fractionBytes === 1 ? 10_000 : fractionBytes === 2 ? 100 : 1)
    const behind = digits === 0 ? '' : `.${String(micros).padStart(6, '0').slice(0, digits)}`
    return `${packed < 0 ? '-' : ''}${two(clock >> 12)}:${two((clock >> 6) & 0x3f)}:${two(clock & 0x3f)}${behind}`
  }
}

/** The values in `enum('a','it''s')`, as the catalogue prints them. */
export function valuesOf(columnType: string): string[] {
  const inside = columnType.slice(columnType.indexOf('(') + 1)
  return [...inside.matchAll(/'((?:[^'\\]|''|\\[\s\S])*)'/g)].map(([, value = '']) =>
    value.replace(/''|\\([\s\S])/g, (_, escaped: string | undefined) =>
      escaped === undefined ? "'" : (escapes[escaped] ?? escaped),
    ),
  )
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', 0: '\0', Z: '\x1a', t: '\t' }

/** Texts of an enum by their numbers, which begin with 1; 0 is the value of what was none. */
export const chosenTexts = (values: readonly string[]): readonly Buffer[] =>
  ['', ...values].map((value) => Buffer.from(value))

/** Those of a set whose bits are there. */
export function chosenText(values: readonly string[], bytes: Buffer, at: number, length: number): Buffer {
  const chosen = values.filter((_, i) => (((bytes[at + (i >> 3)] as number) >> (i & 7)) & 1) === 1 && i < length * 8)
  return Buffer.from(chosen.join(','))
}

/** MariaDB's, in sixteen bytes of which zeros at the end are left out. */
export function uuidText(bytes: Buffer, at: number, length: number): string {
  const hex = bytes.toString('hex', at, at + length).padEnd(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
