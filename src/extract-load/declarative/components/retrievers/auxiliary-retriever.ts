import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { PartitionRouter, Retriever } from '../../component-contract.js'
import { noCursor } from '../cursors/no-cursor.js'

/** Builds a retriever whose records are for another component, not for a destination: it is read to its end also where somebody only looks. */
export function auxiliaryRetriever(
  definition: ComponentDefinition,
  scope: BuildScope,
  given: { readonly name: string; readonly useCache?: boolean; readonly router?: PartitionRouter | undefined },
): Retriever {
  return scope.build('retriever', definition, {
    name: given.name,
    primaryKey: [],
    cursor: noCursor(given.router, () => scope.services.clock.now()),
    transformations: [],
    isDataFeed: false,
    isAuxiliary: true,
    isReadWhole: true,
    useCache: given.useCache,
  })
}
