import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { readJson } from '../../values/index.js'
import { batchSize } from './batches.js'
import { linesOf } from './lines.js'
import { pieceDecoder, textChunks } from './text-chunks.js'

export const jsonlDecoder = defineComponent({
  type: 'JsonlDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonlDecoder') }),
  build: (_definition, { services }) => {
    async function* parse(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly unknown[]> {
      let batch: unknown[] = []
      let broken = 0
      for await (const lines of linesOf(textChunks(body, () => pieceDecoder('utf-8')))) {
        for (const line of lines) {
          try {
            batch.push(readJson(line))
          } catch {
            if (line.trim() !== '') broken++
          }
        }
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
      if (broken > 0)
        await services.say({
          type: 'log',
          level: 'warn',
          message: `${broken} lines of a response are no JSON and were passed over.`,
        })
    }
    return { isStreamed: true, parse, decode: (response) => parse(response.stream()) }
  },
})
