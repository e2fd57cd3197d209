import type { Cell, QueryResult } from '../../../warehouse/index.js'

const cellText = (cell: Cell | undefined): string =>
  cell === null || cell === undefined
    ? 'NULL'
    : typeof cell === 'object'
      ? JSON.stringify(cell, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      : String(cell)

/**
 * Undefined when both hold the same rows in any order. Else a table of what differs: `---` a row that is missing, `+++`
 * one too many, `→` one whose values are others than expected.
 */
export function difference(names: readonly string[], actual: QueryResult, expected: QueryResult): string | undefined {
  const at = names.map((name) => actual.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()))
  const surplus = actual.rows.map((row) => at.map((i) => cellText(row[i])))
  const missing: string[][] = []
  for (const row of expected.rows) {
    const texts = row.map(cellText)
    const found = surplus.findIndex((other) => other.every((text, i) => text === texts[i]))
    if (found >= 0) surplus.splice(found, 1)
    else missing.push(texts)
  }
  if (missing.length === 0 && surplus.length === 0) return undefined
  return table([['@@', ...names], ...changes(missing, surplus)])
}

function changes(missing: readonly string[][], surplus: string[][]): string[][] {
  const lines: string[][] = []
  for (const row of missing) {
    const equal = (other: readonly string[]) => other.filter((text, i) => text === row[i]).length
    const best = surplus.reduce<readonly string[] | undefined>(
      (found, other) => (equal(other) > (found ? equal(found) : 0) ? other : found),
      undefined,
    )
    if (!best) lines.push(['---', ...row])
    else {
      surplus.splice(surplus.indexOf(best as string[]), 1)
      lines.push(['→', ...row.map((text, i) => (text === best[i] ? text : `${text}→${best[i]}`))])
    }
  }
  return [...lines, ...surplus.map((row) => ['+++', ...row])]
}

function table(lines: readonly string[][]): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)))
  return lines.map((line) => line.map((text, i) => text.padEnd(widths[i] ?? 0)).join(',')).join('\n')
}
