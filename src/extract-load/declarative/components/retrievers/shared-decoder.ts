import type { Decoder, HttpResponse } from '../../component-contract.js'

/**
 * A paginator looks into a body before its records are taken out of it: both get what was decoded once. Only one of them may change it, and
 * whoever asks later (a second extractor) gets a body of its own.
 */
export function sharedDecoder(decoder: Decoder): { readonly forPaginator: Decoder; readonly forExtractor: Decoder } {
  if (decoder.isStreamed) return { forPaginator: decoder, forExtractor: decoder }
  const looked = new WeakMap<HttpResponse, readonly (readonly unknown[])[]>()
  return {
    forPaginator: {
      isStreamed: false,
      async *decode(response) {
        const batches: (readonly unknown[])[] = []
        for await (const batch of decoder.decode(response)) batches.push(batch)
        looked.set(response, batches)
        yield* batches
      },
    },
    forExtractor: {
      isStreamed: false,
      isJson: decoder.isJson,
      decode(response) {
        const batches = looked.get(response)
        looked.delete(response)
        return batches ? again(batches) : decoder.decode(response)
      },
    },
  }
}

async function* again(batches: readonly (readonly unknown[])[]): AsyncGenerator<readonly unknown[]> {
  yield* batches
}
