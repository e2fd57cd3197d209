import { codeFrame, didYouMean } from '../../base/index.js'
import type { Diagnostic, ManifestNode } from '../contract.js'
import { writtenLine } from '../execute/results/written-line.js'
import type { ParsedProject } from '../parse/parse-project.js'
import type { NodeLineage } from './contract.js'

/** Columns that a node's SQL names and that no table in reach has, shown in the line of the user's file where that is known. */
export function unknownColumnProblems(
  node: ManifestNode,
  { sql = '', unknownColumns }: NodeLineage,
  { firstLines }: Pick<ParsedProject, 'firstLines'>,
): Diagnostic[] {
  const firstLine = firstLines.get(node.unique_id) ?? 1
  return unknownColumns.map(({ name, start, candidates, lookedIn }) => {
    const before = sql.slice(0, start).split('\n')
    const line = before.length
    const written = writtenLine(node.raw_code, sql, line)
    const place = written === undefined ? undefined : { line: firstLine + written - 1 }
    const last = name.split('.').at(-1) ?? name
    const column = written === undefined ? undefined : columnIn(node.raw_code, written, name)
    return {
      severity: 'error',
      code: 'TRANSFORM_COLUMN_NOT_FOUND',
      message: `The ${node.resource_type} ${node.name} names the column ${name}, which ${wordsFor(lookedIn)} has.`,
      hint: didYouMean(last, candidates) ?? `There are ${candidates.join(', ') || 'no columns'}.`,
      at: { file: node.original_file_path, ...(place ?? {}), ...(column === undefined ? {} : { column }) },
      frame:
        written === undefined
          ? codeFrame(sql, line, (before.at(-1)?.length ?? 0) + 1)
          : codeFrame(node.raw_code, written, column, firstLine),
    }
  })
}

/** Where the name stands in the written line, when it stands there once. */
function columnIn(text: string, line: number, name: string): number | undefined {
  const word = new RegExp(`(?<![\\w.])${name.replace(/[^\w]/g, '\\$&')}(?!\\w)`, 'gi')
  const found = [...(text.split('\n')[line - 1] ?? '').matchAll(word)]
  return found.length === 1 ? (found[0]?.index ?? 0) + 1 : undefined
}

function wordsFor(lookedIn: readonly string[]): string {
  const names = [...new Set(lookedIn.filter((name) => name !== ''))]
  return names.length === 0 ? 'nothing that it reads' : `none of ${names.join(', ')}`
}
