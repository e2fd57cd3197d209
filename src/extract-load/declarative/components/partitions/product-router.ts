import { isMapping } from '../../../../base/index.js'
import type { PartitionRouter, RequestOptions, StreamSlice } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** Every partition of each router with every one of the others; the last one turns fastest. Where names meet, the first router has its way. */
export function productRouter(routers: readonly PartitionRouter[]): PartitionRouter {
  return {
    parents: routers.flatMap((router) => router.parents),
    /** The CDK keeps no state of parents here. */
    parentState: () => undefined,
    requestOptions: (place) => routers.map((router) => router.requestOptions(place)).reduceRight(merged, {}),
    async *slices() {
      const lists: StreamSlice[][] = []
      for (const router of routers) {
        const list: StreamSlice[] = []
        for await (const slice of router.slices()) list.push(slice)
        lists.push(list)
      }
      for (const parts of product(lists)) yield combined(parts)
    },
  }
}

function* product(lists: readonly (readonly StreamSlice[])[]): Generator<readonly StreamSlice[]> {
  const [first, ...others] = lists
  if (!first) yield []
  else for (const slice of first) for (const rest of product(others)) yield [slice, ...rest]
}

function combined(parts: readonly StreamSlice[]): StreamSlice {
  const cursors = parts.map((part) => part.cursorSlice).filter((cursor) => Object.keys(cursor).length > 0)
  if (cursors.length > 1)
    throw failure('MANIFEST_INVALID', {
      message: 'Several partition routers of a stream say from when to when it is read.',
      hint: 'Keep one of them.',
      failureType: 'system_error',
    })
  return {
    partition: Object.assign({}, ...parts.map((part) => part.partition).toReversed()),
    cursorSlice: cursors[0] ?? {},
    extraFields: Object.assign({}, ...parts.map((part) => part.extraFields).toReversed()),
  }
}

const merged = (under: RequestOptions, over: RequestOptions): RequestOptions => ({
  params: { ...under.params, ...over.params },
  headers: { ...under.headers, ...over.headers },
  bodyData: { ...form(under), ...form(over) },
  bodyJson: { ...under.bodyJson, ...over.bodyJson },
})

const form = (options: RequestOptions) => (isMapping(options.bodyData) ? options.bodyData : {})
