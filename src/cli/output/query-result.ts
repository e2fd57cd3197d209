import type { QueryResult } from '../../warehouse/index.js'
import { csvLine } from './csv.js'
import { cellJson, terminalWidth, textTable } from './table.js'

export const queryFormats = ['table', 'csv', 'json', 'jsonl'] as const
export type QueryFormat = (typeof queryFormats)[number]

/** A result as it is printed. */
export function resultText({ columns, rows }: QueryResult, format: QueryFormat): string {
  const names = uniqueNames(columns.map((column) => column.name))
  const objects = () => rows.map((row) => cellJson(Object.fromEntries(names.map((name, i) => [name, row[i]]))))
  switch (format) {
    case 'csv':
      return [csvLine(names), ...rows.map(csvLine)].join('\n')
    case 'json':
      return rows.length === 0 ? '[]' : `[\n${objects().join(',\n')}\n]`
    case 'jsonl':
      return objects().join('\n')
    case 'table':
      return textTable(
        columns.map(({ kind }, i) => ({ name: names[i] as string, isNumeric: numericKinds.has(kind) })),
        rows,
        { width: terminalWidth(), missing: 'null' },
      )
  }
}

const numericKinds: ReadonlySet<string> = new Set(['integer', 'decimal', 'float'])

/** SQL may name two columns alike; an object must not lose one of them. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`
    taken.add(unique)
    return unique
  })
}
