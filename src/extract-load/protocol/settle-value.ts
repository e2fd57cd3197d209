import { holds } from './scan-json.js'

const quote = 0x22
const backslash = 0x5c
const letterN = 0x6e
const space = 0x20

export const isNull = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start] === letterN && end - start === 4

/** Where a value begins that was settled: a string that is not to be JSON behind its quote. */
export const textStart = (bytes: Buffer, start: number, isJson: boolean): number =>
  isJson || bytes[start] !== quote ? start : start + 1

/**
 * Writes what a value means over what is written of it, which is never shorter: of a string the string itself, unless it is to be JSON; of
 * nested values the JSON without white space between its parts.
 * @param kind what is in it: see `holds`
 * @returns where it ends; `textStart` tells where it begins
 */
export function settleValue(bytes: Buffer, start: number, end: number, kind: number, isJson: boolean): number {
  const isText = bytes[start] === quote
  if (isText && !isJson) return kind & holds.escapes ? withoutEscapes(bytes, start + 1, end - 1) : end - 1
  if (kind & holds.halves) replaceHalves(bytes, start, end)
  return kind & holds.spaces ? withoutSpaces(bytes, start, end) : end
}

function withoutEscapes(bytes: Buffer, start: number, end: number): number {
  const text = JSON.parse(`"${bytes.toString('utf8', start, end)}"`) as string
  return start + bytes.write(text.toWellFormed(), start, 'utf8')
}

function withoutSpaces(bytes: Buffer, start: number, end: number): number {
  let to = start
  let isInText = false
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number
    if (!isInText && code <= space) continue
    bytes[to++] = code
    if (code === quote) isInText = !isInText
    else if (code === backslash) bytes[to++] = bytes[++at] as number
  }
  return to
}

/** Escapes of halves in JSON, which stay escapes. */
function replaceHalves(bytes: Buffer, start: number, end: number): void {
  const json = bytes.toString('latin1', start, end)
  const whole = json.replace(
    /(\\\\)|(\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w)|(\\u[dD][89a-fA-F]\w\w)/g,
    (all, _slash, pair, half) => (half === undefined || pair ? all : '\\ufffd'),
  )
  bytes.write(whole, start, 'latin1')
}
