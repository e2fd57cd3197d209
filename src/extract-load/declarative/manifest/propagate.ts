import { isMapping } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { Mapping } from '../component-contract.js'
import { isTruthy } from '../values/index.js'
import { defaultType, type Field } from './default-types.js'

const parametersKey = '$parameters'
/** Nothing is built of what stands in them. */
const notBuilt = new Set(['definitions', 'schemas'])

export interface PropagateOptions {
  /** Parameters of parents win over those of the component: for what a dynamic stream makes. */
  readonly usesParentParameters?: boolean | undefined
  /** Told of each object that is made of another. */
  readonly onCopy?: ((copy: object, of: object) => void) | undefined
}

/**
 * A component with the `type` of each part that has none, and with the `$parameters` of parents in all that is below them, as the CDK's
 * transformer has it: a parameter is also the value of the component's field of its name, where that has none.
 */
export function propagate(component: Mapping, options: PropagateOptions = {}): Mapping {
  return new Propagation(options).component(undefined, component, {})
}

/** Parameters that are components themselves stand in each other: twenty times what the largest manifests have is refused. */
const mostComponents = 100_000

class Propagation {
  readonly #options: PropagateOptions
  #components = 0

  constructor(options: PropagateOptions) {
    this.#options = options
  }

  component(field: Field | undefined, component: Mapping, ofParents: Mapping): Mapping {
    if (++this.#components > mostComponents)
      throw extractLoadErrors.create('MANIFEST_INVALID', {
        message: 'The parameters of the manifest repeat its components without an end.',
        hint: 'Give components by $ref, and parameters only texts and numbers.',
      })
    const { [parametersKey]: ofComponent, ...copy }: Record<string, unknown> = component
    this.#options.onCopy?.(copy, component)
    const type = copy.type ?? defaultType(field, Object.hasOwn(copy, 'class_name'))
    if (!Object.hasOwn(copy, 'type') && type !== undefined) copy.type = type
    const own = isMapping(ofComponent) ? ofComponent : {}
    const parameters = this.#options.usesParentParameters ? { ...own, ...ofParents } : { ...ofParents, ...own }
    if (isJsonSchema(copy)) return copy
    if (!Object.hasOwn(copy, 'type')) return this.#withNested(field, copy, parameters)
    return this.#withParameters(copy, parameters)
  }

  /** No component itself, and some of its values are. */
  #withNested(field: Field | undefined, copy: Record<string, unknown>, parameters: Mapping): Mapping {
    for (const [name, value] of Object.entries(copy))
      if (isMapping(value) && isTruthy(value.type)) copy[name] = this.component(field, value, parameters)
    return copy
  }

  #withParameters(copy: Record<string, unknown>, given: Mapping): Mapping {
    let parameters = given
    for (const [name, value] of Object.entries(parameters)) if (!isTruthy(copy[name] ?? null)) copy[name] = value
    const type = typeof copy.type === 'string' ? copy.type : ''
    for (const [name, value] of Object.entries(copy)) {
      if (type === 'DeclarativeSource' && notBuilt.has(name)) continue
      const isList = Array.isArray(value)
      if (!isList && !isMapping(value)) continue
      // A parameter that is a component would be given to itself without end.
      const { [name]: ofThisName, ...others } = parameters
      copy[name] = isList ? this.#list({ type, name }, value, others) : this.component({ type, name }, value, others)
      if (Object.hasOwn(parameters, name) && !isTruthy(ofThisName ?? null)) parameters = others
    }
    if (Object.keys(parameters).length > 0) copy[parametersKey] = parameters
    return copy
  }

  #list(field: Field, list: readonly unknown[], parameters: Mapping): unknown {
    if (!list.some(isMapping)) return list
    const items = list.map((item) => (isMapping(item) ? this.component(field, item, parameters) : item))
    this.#options.onCopy?.(items, list)
    return items
  }
}

/** Of a JSON Schema `type` is a kind of JSON's, a list of them, or a property that is called so. */
const isJsonSchema = ({ type }: Mapping): boolean => type === 'object' || (typeof type === 'object' && type !== null)
