import type { ColumnInput, ColumnUse } from './contract.js'

/** What an expression is made of. */
export interface Value {
  readonly inputs: readonly ColumnInput[]
  readonly use: ColumnUse | 'constant'
  readonly unknown: string | undefined
}

export interface NamedValue extends Value {
  readonly name: string
  readonly expression: string
}

export const constant: Value = { inputs: [], use: 'constant', unknown: undefined }

const strength = { constant: 0, copied: 1, transformed: 2, aggregated: 3 } as const
const stronger = <T extends Value['use']>(a: T, b: T): T => (strength[a] >= strength[b] ? a : b)

/** A value made of others by something that is at least a `use` of them. */
export function made(of: readonly Value[], use: 'transformed' | 'aggregated'): Value {
  const inputs = merge(
    of.flatMap((value) => value.inputs.map((input) => ({ ...input, use: stronger(input.use, use) }))),
  )
  const isConstant = use === 'transformed' && of.every((value) => value.use === 'constant')
  return {
    inputs,
    use: isConstant ? 'constant' : of.reduce<Value['use']>((strongest, value) => stronger(strongest, value.use), use),
    unknown: of.find((value) => value.unknown !== undefined)?.unknown,
  }
}

/** One of several values, as the rows of a union have it. */
export function either(a: Value, b: Value): Value {
  return { inputs: merge([...a.inputs, ...b.inputs]), use: stronger(a.use, b.use), unknown: a.unknown ?? b.unknown }
}

function merge(inputs: readonly ColumnInput[]): ColumnInput[] {
  const found = new Map<string, ColumnInput>()
  for (const input of inputs) {
    const key = `${input.relation}\0${input.column.toLowerCase()}`
    const known = found.get(key)
    found.set(key, known ? { ...known, use: stronger(known.use, input.use) } : input)
  }
  return [...found.values()]
}
