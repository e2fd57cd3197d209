import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { RequestOptionsProvider, Retriever, StreamCursor, StreamSlice } from '../../contract.js'

export const wholeSlice: StreamSlice = { partition: {}, cursorSlice: {}, extraFields: {} }

/** Builds a retriever whose records are for another component, not for a destination. */
export function auxiliaryRetriever(
  definition: ComponentDefinition,
  scope: BuildScope,
  given: { readonly name: string; readonly useCache?: boolean; readonly options?: RequestOptionsProvider | undefined },
): Retriever {
  return scope.build('retriever', definition, {
    name: given.name,
    primaryKey: [],
    cursor: withoutState(given.options),
    transformations: [],
    isDataFeed: false,
    isAuxiliary: true,
    useCache: given.useCache,
  })
}

/** Reads one slice, and keeps nothing of it. */
const withoutState = (options: RequestOptionsProvider | undefined): StreamCursor => ({
  async *slices() {
    yield wholeSlice
  },
  requestOptions: (place) => options?.requestOptions(place) ?? {},
  shouldBeSynced: () => true,
  observe: () => undefined,
  closeSlice: () => false,
  finish: () => undefined,
  state: () => ({}),
  cursorField: undefined,
})
