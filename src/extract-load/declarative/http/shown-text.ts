import { redact, secretMask } from '../../../base/index.js'
import { unquotePlus } from './python-quote.js'

/** A text without secrets, also where only some of their characters are escaped, which each server does in its own way. */
export function shownText(text: string): string {
  let shown = redact(text)
  if (shown.includes('%')) shown = shown.replace(/[^\s"'<>?&/=#;,{}[\]]+/g, ifEscaped('%', unquotePlus))
  if (shown.includes('\\')) shown = shown.replace(/(?:[^\s"\\]|\\.)+/g, ifEscaped('\\', withoutJsonEscapes))
  return shown
}

/** The value of a header without secrets, also those that are in Base64, as `user:password` is. */
export const shownHeaderText = (text: string): string =>
  shownText(text).replace(/[A-Za-z0-9+/_-]{6,}={0,2}/g, (piece) => {
    const plain = Buffer.from(piece, 'base64').toString('utf8')
    return redact(plain) === plain ? piece : secretMask
  })

const ifEscaped =
  (mark: string, decode: (piece: string) => string) =>
  (piece: string): string => {
    if (!piece.includes(mark)) return piece
    const plain = decode(piece)
    const masked = redact(plain)
    return masked === plain ? piece : masked
  }

const withoutJsonEscapes = (piece: string): string =>
  piece.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_whole, hex?: string, sign?: string) =>
    hex === undefined ? (sign ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
