import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { pieceDecoder, textChunks } from './text-chunks.js'

/** Each line is a record. It cannot stand inside another decoder. */
export const iterableDecoder = defineComponent({
  type: 'IterableDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('IterableDecoder') }),
  build: () => ({
    isStreamed: true,
    async *decode(response) {
      for await (const lines of anyLines(textChunks(response.stream(), () => pieceDecoder('utf-8'))))
        yield lines.map((record) => ({ record }))
    },
  }),
})

/** Lines with every kind of end. */
async function* anyLines(text: AsyncIterable<string>): AsyncIterable<readonly string[]> {
  let rest = ''
  for await (const piece of text) {
    const all = rest + piece
    const isHalf = all.endsWith('\r')
    const lines = (isHalf ? all.slice(0, -1) : all).split(/\r\n?|\n/)
    rest = lines.pop() + (isHalf ? '\r' : '')
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield rest.replace(/\r$/, '').split('\r')
}
