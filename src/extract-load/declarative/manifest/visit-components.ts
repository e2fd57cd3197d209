import { isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'

/** Below them stands what is no component, whatever it is called. */
export const leftOut = new Set([
  'definitions',
  'schemas',
  'schema',
  'connection_specification',
  '$parameters',
  'metadata',
])

/** Calls for each object with a `type` that may be a component's, with the path to it. */
export function visitComponents(
  root: unknown,
  visit: (component: Mapping & { readonly type: string }, path: readonly (string | number)[]) => void,
): void {
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i])
    else if (isMapping(value)) {
      if (typeof value.type === 'string') visit(value as Mapping & { readonly type: string }, path)
      for (const [key, item] of Object.entries(value))
        if (typeof item === 'object' && item !== null && !leftOut.has(key)) walk(item, [...path, key])
    }
  }
  walk(root, [])
}
