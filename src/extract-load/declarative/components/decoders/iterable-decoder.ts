import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { anyLinesOf } from './lines.js'
import { pieceDecoder, textChunks } from './text-chunks.js'

/** Each line is a record. It cannot stand inside another decoder. */
export const iterableDecoder = defineComponent({
  type: 'IterableDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('IterableDecoder') }),
  build: () => ({
    isStreamed: true,
    async *decode(response) {
      for await (const lines of anyLinesOf(textChunks(response.stream(), () => pieceDecoder('utf-8'))))
        yield lines.map((record) => ({ record }))
    },
  }),
})
