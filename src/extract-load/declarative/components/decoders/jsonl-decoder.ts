import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { PackedFields } from '../../contract.js'
import { readJson } from '../../values/index.js'
import { batchSize } from './batches.js'
import { readInBlocks } from './byte-blocks.js'
import { linesOf } from './lines.js'
import { PackedLines } from './packed-lines.js'
import { pieceDecoder, textChunks, wholeText } from './text-chunks.js'

export const jsonlDecoder = defineComponent({
  type: 'JsonlDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonlDecoder') }),
  build: (_definition, { services }) => {
    const tell = async (broken: number) => {
      if (broken === 0) return
      const message = `${broken} lines of a response are no JSON and were passed over.`
      await services.say({ type: 'log', level: 'warn', message })
    }

    async function* parse(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly unknown[]> {
      const lineReader = new LineReader()
      let batch: unknown[] = []
      const take = (value: unknown) => batch.push(value)
      for await (const lines of linesOf(textChunks(body, () => pieceDecoder('utf-8')))) {
        for (const line of lines) lineReader.read(line, take)
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
      await tell(lineReader.broken)
    }

    async function* parsePacked(body: AsyncIterable<Uint8Array>, fields: PackedFields) {
      const lineReader = new LineReader()
      const whole = (line: string, take: (value: unknown) => void) => lineReader.read(line, take)
      yield* readInBlocks(body, new PackedLines({ fields, whole, textOf: wholeText }))
      await tell(lineReader.broken)
    }

    return { isStreamed: true, parse, parsePacked, decode: (response) => parse(response.stream()) }
  },
})

class LineReader {
  /** Lines that are no JSON. */
  broken = 0

  read(line: string, take: (value: unknown) => void): void {
    let value: unknown
    try {
      value = readJson(line)
    } catch {
      if (line.trim() !== '') this.broken++
      return
    }
    take(value)
  }
}
