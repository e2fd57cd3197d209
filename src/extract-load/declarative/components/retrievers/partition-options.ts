import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { RequestOptionsProvider } from '../../contract.js'

/** What the partitions of a retriever put into its requests, where it is read without them. */
export function partitionOptions(
  retriever: ComponentDefinition,
  scope: BuildScope,
): RequestOptionsProvider | undefined {
  const router = retriever.partition_router
  return router === undefined || Array.isArray(router)
    ? undefined
    : scope.build('partition_router', router, { stream: '', state: undefined })
}
