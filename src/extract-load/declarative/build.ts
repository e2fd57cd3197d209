import { extractLoadErrors } from '../errors.js'
import { type BuildScope, checkedPart, type SharedParts } from './component.js'
import type { Mapping, SourceServices } from './component-contract.js'
import type { Interpolation } from './interpolation/index.js'

/** Where components of a source are built, each with the parameters that its own definition has. */
export function buildScope(given: {
  readonly config: Mapping
  readonly interpolation: Interpolation
  readonly services: SourceServices
}): BuildScope {
  return scopeFor({ ...given, shared: sharedParts() }, {}, undefined)
}

function scopeFor(
  outer: Pick<BuildScope, 'config' | 'interpolation' | 'services' | 'shared'>,
  parameters: Mapping,
  /** The component that is built, as the manifest has it. */
  owner: object | undefined,
): BuildScope {
  const scope: BuildScope = {
    ...outer,
    parameters,
    interpolation: outer.interpolation.withParameters(parameters, owner),
    build: (kind, definition, ...given) => {
      const result = checkedPart(kind, definition)
      if ('issues' in result) {
        const [issue] = result.issues
        throw extractLoadErrors.create('MANIFEST_INVALID', {
          message: `A ${kind} of the manifest is none: ${[...(issue?.path ?? []).map(String), issue?.message].join(': ')}.`,
          hint: 'Correct it in the manifest, or in what stands for a component of Python there.',
        })
      }
      const own = (definition as { readonly $parameters?: Mapping }).$parameters ?? {}
      return result.found.build(
        result.definition as never,
        scopeFor(outer, own, definition as object),
        given[0] as never,
      ) as never
    },
  }
  return scope
}

function sharedParts(): SharedParts {
  const parts = new Map<symbol | string, unknown>()
  return {
    once: (key, make) => {
      if (!parts.has(key)) parts.set(key, make())
      return parts.get(key) as ReturnType<typeof make>
    },
  }
}
