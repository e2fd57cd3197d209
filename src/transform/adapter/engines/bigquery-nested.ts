import { PyDict, pairs, str } from '../../../jinja/index.js'
import type { ManifestColumn } from '../../contract.js'
import { renderBigQueryColumnConstraint } from './bigquery-constraints.js'

/** Columns with a dot in their name are fields of a record: what is declared of each, below the column that has them. */
interface Declared {
  type: string | undefined
  readonly fields: Map<string, Declared>
}

const declared = (): Declared => ({ type: undefined, fields: new Map() })

/**
 * The columns of a contract as DDL has them: `{'b.nested': string, 'b.other': int64}` is one column of the type `struct<nested string, other int64>`.
 * @param constraints what stands behind the type of a column, by its name
 */
export function nestColumns(
  columns: unknown,
  constraints: ReadonlyMap<string, string> = new Map(),
): Map<string, ReadonlyMap<string, unknown>> {
  const root = new Map<string, Declared>()
  const given = new Map<string, ReadonlyMap<string, unknown>>()
  for (const [, column] of pairs(columns)) {
    const members = new Map(pairs(column).map(([key, value]) => [str(key), value]))
    const name = str(members.get('name'))
    given.set(name, members)
    const type = members.get('data_type') == null ? undefined : str(members.get('data_type'))
    const behind = constraints.get(name)
    place(root, name.split('.')).type = type && behind ? `${type} ${behind}` : type
  }
  return new Map(
    [...root].map(([name, node]) => {
      const others = [...(given.get(name) ?? [])].filter(([key]) => key !== 'name' && key !== 'data_type')
      return [name, new Map<string, unknown>([['name', name], ['data_type', typeOf(node) ?? null], ...others])] as const
    }),
  )
}

function place(level: Map<string, Declared>, path: readonly string[]): Declared {
  const [name = '', ...rest] = path
  const node = level.get(name) ?? declared()
  level.set(name, node)
  return rest.length === 0 ? node : place(node.fields, rest)
}

function typeOf({ type, fields }: Declared): string | undefined {
  if (fields.size === 0) return type
  const inner = [...fields].map(([name, field]) => `${name} ${typeOf(field) ?? ''}`.trim()).join(', ')
  // The column itself may say that it is a list, and what holds of it.
  const [own = '', ...behind] = (type ?? '').split(/\s+/).filter((word) => word !== '')
  const struct = own.toLowerCase() === 'array' ? `array<struct<${inner}>>` : `struct<${inner}>`
  return [struct, ...behind].join(' ')
}

/** As templates see them. */
export const nestedColumnsDict = (columns: unknown): PyDict =>
  PyDict.from([...nestColumns(columns)].map(([name, members]) => [name, PyDict.from([...members])] as const))

/** `name type constraint …`, a line for each column. */
export function renderNestedColumns(
  columns: Readonly<Record<string, ManifestColumn>>,
  quote: (name: string) => string,
): string[] {
  const constraints = new Map(
    Object.values(columns).flatMap(({ name, constraints = [] }) => {
      const texts = constraints.map(renderBigQueryColumnConstraint).filter((text) => text !== null)
      return texts.length === 0 ? [] : [[name, texts.join(' ')] as const]
    }),
  )
  return [...nestColumns(columns, constraints).values()].map((column) => {
    const name = str(column.get('name'))
    return `${column.get('quote') === true ? quote(name) : name} ${str(column.get('data_type') ?? '')}`.trim()
  })
}
