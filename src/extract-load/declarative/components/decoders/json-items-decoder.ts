import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { readJson } from '../../values/index.js'
import { batchSize } from './batches.js'
import { JsonItemTexts } from './json-item-texts.js'
import { pieceDecoder, textChunks } from './text-chunks.js'

export const jsonItemsDecoder = defineComponent({
  type: 'JsonItemsDecoder',
  kind: 'decoder',
  schema: z.looseObject({
    type: z.literal('JsonItemsDecoder'),
    items_path: z.string(),
    encoding: z.string().nullish(),
  }),
  build: (definition) => {
    const decoder = () => pieceDecoder(definition.encoding ?? 'utf-8')
    decoder()
    async function* parse(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly unknown[]> {
      // Said when the stream is read, as the CDK says it: the other streams of the manifest are none the worse.
      if (definition.items_path === '') throw noPath()
      const texts = new JsonItemTexts(definition.items_path)
      let batch: unknown[] = []
      const take = (item: string) => batch.push(readItem(item))
      for await (const piece of textChunks(body, decoder)) {
        unbroken(() => texts.push(piece, take))
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      const isComplete = unbroken(() => texts.end(take))
      if (batch.length > 0) yield batch
      if (!isComplete) throw brokenJson()
    }
    return { isStreamed: true, parse, decode: (response) => parse(response.stream()) }
  },
})

const readItem = (text: string): unknown => unbroken(() => readJson(text))

function unbroken<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof SyntaxError ? brokenJson(error) : error
  }
}

const brokenJson = (cause?: unknown) =>
  failure('API_ANSWER_INVALID', {
    message: 'The JSON of a response is cut off or broken.',
    hint: 'Look at the response with `connectors preview`; try it again if it was cut off.',
    failureType: 'system_error',
    cause,
  })

const noPath = () =>
  failure('MANIFEST_INVALID', {
    message: 'A JsonItemsDecoder has no `items_path`.',
    hint: 'Write the names that lead to the array, with dots between them: `data.users`.',
    failureType: 'system_error',
  })
