import { didYouMean, formatLocation, isMapping, plural } from '../../../base/index.js'
import { componentType } from '../component.js'
import type { Mapping } from '../contract.js'
import type { Places } from './places.js'
import { visitComponents } from './visit-components.js'

/** The parts of a zod schema that hold others. */
interface Holder {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly in?: Holder
  readonly unwrap?: () => Holder
  readonly options?: readonly Holder[]
}

const fieldsOf = new Map<string, ReadonlySet<string> | undefined>()

/** The fields that a component type has; undefined where its schema does not tell. */
function knownFields(type: string): ReadonlySet<string> | undefined {
  if (!fieldsOf.has(type)) fieldsOf.set(type, fieldNames(componentType(type)?.schema as Holder | undefined))
  return fieldsOf.get(type)
}

function fieldNames(holder: Holder | undefined): ReadonlySet<string> | undefined {
  if (!holder) return undefined
  if (holder.shape) return new Set(Object.keys(holder.shape))
  if (holder.in) return fieldNames(holder.in)
  if (holder.options) {
    const all = holder.options.map(fieldNames)
    return all.every((names) => names !== undefined) ? new Set(all.flatMap((names) => [...names])) : undefined
  }
  return holder.unwrap ? fieldNames(holder.unwrap()) : undefined
}

const always = new Set(['type', '$parameters', '$ref', '$options', 'name', 'title', 'description'])

/** Fields that are written somewhere and mean nothing there, each with its first place: the CDK passes over them. */
export function unknownFields(root: Mapping, places: Places): string[] {
  const found = new Map<string, Set<string>>()
  visitComponents(root, (component, path) => {
    const known = knownFields(component.type)
    if (!known) return
    for (const key of Object.keys(component)) {
      if (known.has(key) || always.has(key) || !places.isWritten(component, key)) continue
      // Some tools write the parameters into the components as well.
      if (isMapping(component.$parameters) && Object.hasOwn(component.$parameters, key)) continue
      const near = didYouMean(key, [...known])
      const what = `${component.type} has no field \`${key}\`, which is passed over.${near === undefined ? '' : ` ${near}`}`
      const where = found.get(what) ?? new Set()
      found.set(what, where.add(formatLocation(places.locate(root, [...path, key]))))
    }
  })
  return [...found].map(([what, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` So it is in ${plural(more.length, 'other place')}.`
    return `${first}: ${what}${others}`
  })
}
