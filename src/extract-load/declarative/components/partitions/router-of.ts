import type { BuildScope, ComponentDefinition, ComponentKinds } from '../../component.js'
import type { PartitionRouter } from '../../component-contract.js'
import { productRouter } from './product-router.js'

/** What a retriever has as `partition_router`: one, several that are multiplied, or none. */
export function routerOf(
  definition: unknown,
  scope: BuildScope,
  given: ComponentKinds['partition_router']['given'],
): PartitionRouter | undefined {
  const router = definition as ComponentDefinition | readonly ComponentDefinition[] | undefined
  if (!router) return undefined
  if (!isSeveral(router)) return scope.build('partition_router', router, given)
  return router.length === 0
    ? undefined
    : productRouter(router.map((each) => scope.build('partition_router', each, given)))
}

const isSeveral = (router: object): router is readonly ComponentDefinition[] => Array.isArray(router)
