/**
 * The lines around a place in a source, with a marker under the column:
 *
 *     11 | select
 *   > 12 |   {{ ref('nope') }}
 *        |     ^
 *
 * `line` counts in the source; `firstLine` is what its first line is called.
 */
export function codeFrame(source: string, line: number, column?: number, firstLine = 1): string {
  const context = 2
  const lines = source.split(/\r?\n/)
  const first = Math.max(1, line - context)
  const last = Math.min(lines.length, line + context)
  const shown = (n: number) => String(n + firstLine - 1)
  const width = shown(last).length
  const out: string[] = []
  for (let n = first; n <= last; n++) {
    out.push(`${n === line ? '>' : ' '} ${shown(n).padStart(width)} | ${lines[n - 1] ?? ''}`.trimEnd())
    if (n === line && column !== undefined) out.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}^`)
  }
  return out.join('\n')
}
