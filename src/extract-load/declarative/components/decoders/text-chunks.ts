import { isAscii, isUtf8 } from 'node:buffer'
import { failure } from '../../failure.js'

/** Turns bytes into text piece by piece; a character may lie in two pieces. */
export interface PieceDecoder {
  decode(piece: Uint8Array): string
  /** What is left at the end. */
  end(): string
}

/** Undefined for every other encoding. */
export function utf8Of(encoding: string): { readonly dropsMark: boolean } | undefined {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  if (/^(?:utf-?8|u8|utf|cp65001)$/.test(name)) return { dropsMark: false }
  return name === 'utf-8-sig' ? { dropsMark: true } : undefined
}

/** @throws API_ANSWER_INVALID for what is no UTF-8 */
export function wholeText(bytes: Uint8Array): string {
  const decoder = utf8Decoder(false)
  return decoder.decode(bytes) + decoder.end()
}

/** @param encoding as Python names it @throws MANIFEST_INVALID where nobody knows it */
export function pieceDecoder(encoding: string): PieceDecoder {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  const utf8 = utf8Of(encoding)
  if (utf8) return utf8Decoder(utf8.dropsMark)
  if (/^(?:iso-?8859-?1|latin-?1|latin|l1|cp819|8859)$/.test(name))
    return { decode: (piece) => buffered(piece).latin1Slice(), end: () => '' }
  if (/^(?:us-)?ascii$|^646$/.test(name)) return asciiDecoder()
  return otherDecoder(encoding, name)
}

/** The text of a body. @throws API_ANSWER_INVALID where it is in another encoding */
export async function* textChunks(body: AsyncIterable<Uint8Array>, make: () => PieceDecoder): AsyncIterable<string> {
  const decoder = make()
  for await (const piece of body) {
    const text = decoder.decode(piece)
    if (text !== '') yield text
  }
  const rest = decoder.end()
  if (rest !== '') yield rest
}

const buffered = (piece: Uint8Array): Buffer & { latin1Slice(): string; utf8Slice(): string } =>
  Buffer.from(piece.buffer, piece.byteOffset, piece.length) as never

/** Several times as quick as a TextDecoder, which counts with bodies of gigabytes. */
function utf8Decoder(dropsMark: boolean): PieceDecoder {
  let rest: Uint8Array = new Uint8Array()
  let isFirst = dropsMark
  return {
    decode: (piece) => {
      const all = rest.length > 0 ? Buffer.concat([rest, piece]) : buffered(piece)
      const end = all.length - unfinished(all)
      rest = all.subarray(end)
      const whole = all.subarray(0, end)
      if (!isUtf8(whole)) throw wrongEncoding('utf-8')
      const text = buffered(whole).utf8Slice()
      const isMarked = isFirst && text.charCodeAt(0) === 0xfeff
      isFirst &&= text === ''
      return isMarked ? text.slice(1) : text
    },
    end: () => {
      if (rest.length > 0) throw wrongEncoding('utf-8')
      return ''
    },
  }
}

/** How many bytes at the end begin a character that goes on in the next piece. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? back : 0
  }
  return 0
}

function asciiDecoder(): PieceDecoder {
  return {
    decode: (piece) => {
      if (!isAscii(piece)) throw wrongEncoding('ascii')
      return buffered(piece).latin1Slice()
    },
    end: () => '',
  }
}

/** A mark at the beginning of UTF-16 says the order of its bytes; Python takes the smaller one first without it. */
function otherDecoder(encoding: string, name: string): PieceDecoder {
  const label = /^utf-?16$/.test(name) ? undefined : (labels[name] ?? name.replace(/^cp(125\d|874)$/, 'windows-$1'))
  let decoder = label === undefined ? undefined : madeDecoder(encoding, label)
  const read = (piece: Uint8Array | undefined) => {
    try {
      decoder ??= new TextDecoder(piece?.[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : 'utf-16le', { fatal: true })
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode()
    } catch (error) {
      throw wrongEncoding(encoding, error)
    }
  }
  return { decode: read, end: () => read(undefined) }
}

const labels: Readonly<Record<string, string>> = {
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  cp932: 'shift_jis',
  sjis: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  macroman: 'macintosh',
  'mac-roman': 'macintosh',
}

function madeDecoder(encoding: string, label: string) {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true })
  } catch (error) {
    throw failure('MANIFEST_INVALID', {
      message: `A decoder has the encoding \`${encoding}\`, which is none that is known.`,
      hint: 'Write `utf-8`, `iso-8859-1`, `windows-1252`, `utf-16`, for example.',
      failureType: 'system_error',
      cause: error,
    })
  }
}

const wrongEncoding = (encoding: string, cause?: unknown) =>
  failure('API_ANSWER_INVALID', {
    message: `A response is not in the encoding ${encoding}, in which the manifest reads it.`,
    hint: 'Set `encoding` of its decoder to the one that the API uses.',
    failureType: 'system_error',
    cause,
  })
