import { componentType } from '../component.js'

/** The parts of a zod schema that hold others. */
interface Holder {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly in?: Holder
  readonly unwrap?: () => Holder
  readonly options?: readonly Holder[]
}

const fieldsOf = new Map<string, ReadonlySet<string> | undefined>()

/** The fields that a component type has; undefined where its schema does not tell. */
export function knownFields(type: string): ReadonlySet<string> | undefined {
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
