import { gzipSync } from 'node:zlib'
import { zipOf } from '../../support/workbook.js'
import { writeExact } from './exact-json.js'

/** What a route answers; its body is the first of these that is there. */
export interface ScriptedResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, unknown>>
  /** Sent in these letters; all others are sent in lower case. */
  readonly raw_headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly jsonl?: readonly unknown[]
  readonly base64?: string
  readonly text?: string
  /** Of `text`, by Python's names. */
  readonly encoding?: string
  /** The body is a compressed file; that is no content encoding unless the headers say so. */
  readonly gzip?: boolean
  /** The name of the body inside an archive. */
  readonly zip?: string
}

export function bodyOf(response: ScriptedResponse, baseUrl: string): { bytes: Buffer; contentType: string } {
  const plain = plainBody(response, (text) => text.replaceAll('{{base_url}}', baseUrl))
  const packed = response.gzip ? gzipSync(plain.bytes) : plain.bytes
  return { ...plain, bytes: response.zip === undefined ? packed : zipOf({ [response.zip]: packed }) }
}

function plainBody(response: ScriptedResponse, fill: (text: string) => string) {
  const utf8 = (text: string) => Buffer.from(fill(text))
  if ('json' in response) return { bytes: utf8(writeExact(response.json)), contentType: 'application/json' }
  if (response.jsonl) {
    const lines = response.jsonl.map((line) => `${writeExact(line)}\n`)
    return { bytes: utf8(lines.join('')), contentType: 'application/x-ndjson' }
  }
  if (response.base64 !== undefined)
    return { bytes: Buffer.from(response.base64, 'base64'), contentType: 'application/octet-stream' }
  return { bytes: encoded(fill(response.text ?? ''), response.encoding ?? 'utf-8'), contentType: 'text/plain' }
}

function encoded(text: string, encoding: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'latin-1') return Buffer.from(text, 'latin1')
  if (encoding === 'utf-16-le') return Buffer.from(text, 'utf16le')
  throw new Error(`A scenario's text has the encoding ${encoding}, which the scripted server does not write.`)
}
