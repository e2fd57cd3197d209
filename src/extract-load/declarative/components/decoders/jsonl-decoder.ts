import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { HttpResponse, PackedFields, SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { exchangeText, requestLine } from '../../http/shown-request.js'
import { readJson } from '../../values/index.js'
import { batchSize } from './batches.js'
import { readInBlocks } from './byte-blocks.js'
import { linesOf } from './lines.js'
import { PackedLines } from './packed-lines.js'
import { readableBody } from './readable-body.js'
import { pieceDecoder, textChunks, wholeText } from './text-chunks.js'
import { unreadable } from './unreadable-body.js'

export const jsonlDecoder = defineComponent({
  type: 'JsonlDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonlDecoder') }),
  build: (_definition, { services }) => {
    async function* parse(body: AsyncIterable<Uint8Array>, response: HttpResponse): AsyncIterable<readonly unknown[]> {
      const lineReader = new LineReader()
      const text = textChunks(readableBody(body, response, 'JSONL', services), () => pieceDecoder('utf-8'))
      let batch: unknown[] = []
      const take = (value: unknown) => batch.push(value)
      for await (const lines of linesOf(text)) {
        for (const line of lines) lineReader.read(line, take)
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
      await lineReader.end(response, services)
    }

    async function* parsePacked(body: AsyncIterable<Uint8Array>, response: HttpResponse, fields: PackedFields) {
      const lineReader = new LineReader()
      const whole = (line: string, take: (value: unknown) => void) => lineReader.read(line, take)
      const readable = readableBody(body, response, 'JSONL', services)
      for await (const batch of readInBlocks(readable, new PackedLines({ fields, whole, textOf: wholeText }))) {
        lineReader.hasRead = true
        yield batch
      }
      await lineReader.end(response, services)
    }

    return { isStreamed: true, parse, parsePacked, decode: (response) => parse(response.stream(), response) }
  },
})

class LineReader {
  /** Some line is JSON. */
  hasRead = false
  /** Lines that are no JSON. */
  #broken = 0
  #firstBroken = ''
  /** The line that was read last, where it is none. */
  #lastBroken = ''

  read(line: string, take: (value: unknown) => void): void {
    let value: unknown
    this.#lastBroken = ''
    try {
      value = readJson(line)
    } catch {
      const text = line.trim()
      if (text === '') return
      this.#broken++
      if (this.#firstBroken === '') this.#firstBroken = text
      this.#lastBroken = text
      return
    }
    this.hasRead = true
    take(value)
  }

  /**
   * Broken lines are passed over among others, as the CDK does it. One that breaks off at the end of a body tells that more is missing, and a body of
   * nothing else is something else: a cursor would move past what was never read.
   */
  async end(response: HttpResponse, { say }: Pick<SourceServices, 'say'>): Promise<void> {
    if (this.#broken === 0) return
    if (!response.isPassedOver) {
      // It was the last line of the body, and had no end.
      if (/^[{[]/.test(this.#lastBroken)) throw cutOff(response, this.#lastBroken)
      if (!this.hasRead) throw unreadable(response, this.#firstBroken, 'JSONL')
    }
    const message = `${this.#broken} lines of a response are no JSON and were passed over.`
    await say({ type: 'log', level: 'warn', message })
  }
}

const cutOff = (response: HttpResponse, line: string): Error =>
  failure('API_UNAVAILABLE', {
    message: `The answer to ${requestLine(response.request)} was cut off: its last line of JSON has no end.`,
    hint: 'What was loaded before stays as it is. Sync again; if it always breaks off there, ask for smaller pages.',
    failureType: 'transient_error',
    internalMessage: exchangeText(response.request, { ...response, text: () => line }),
  })
