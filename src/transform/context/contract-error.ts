import { pairs, str } from '../../jinja/index.js'

interface Declared {
  readonly name: string
  readonly type: string
}

const columnsOf = (list: unknown): Declared[] =>
  (Array.isArray(list) ? list : []).map((column) => {
    const members = new Map(pairs(column).map(([key, value]) => [str(key), str(value ?? '')]))
    return { name: members.get('name') ?? '', type: members.get('data_type') ?? '' }
  })

/**
 * What a query gives and what its model's contract promises, side by side where they differ; `column` is the first that the
 * contract says something wrong of, or else does not name.
 */
export function contractError(
  declared: unknown,
  given: unknown,
): { readonly message: string; readonly column: string } {
  const [promised, actual] = [columnsOf(declared), columnsOf(given)]
  const same = (a: Declared, b: Declared) => a.name.toLowerCase() === b.name.toLowerCase()
  const rows = [
    ...actual.flatMap((column) => {
      const other = promised.find((one) => same(one, column))
      if (!other) return [[column.name, column.type, '', 'missing in contract']]
      return other.type === column.type ? [] : [[column.name, column.type, other.type, 'data type mismatch']]
    }),
    ...promised
      .filter((column) => !actual.some((one) => same(one, column)))
      .map((column) => [column.name, '', column.type, 'missing in definition']),
  ].sort((a, b) => (a[0] as string).localeCompare(b[0] as string))
  if (promised.length === 0)
    return { message: "This model has an enforced contract, and its 'columns' specification is missing", column: '' }
  const header = ['column_name', 'definition_type', 'contract_type', 'mismatch_reason']
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`
  const [column = ''] = rows.find(([, , type]) => type !== '') ?? rows[0] ?? []
  const message = [
    'This model has an enforced contract that failed.',
    "Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.",
    '',
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
  ].join('\n')
  return { message, column }
}
