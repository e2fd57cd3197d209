import type { Diagnostic } from '../contract.js'

interface Level {
  readonly indent: number
  readonly keys: Map<string, number>
}

export interface DuplicateKey {
  readonly key: string
  readonly line: number
  readonly firstLine: number
}

/**
 * Keys that stand twice in one block mapping: YAML readers keep the last one silently. Reads lines, not the whole
 * grammar: flow mappings (`{a: 1}`) are not looked into.
 */
export function duplicateKeys(text: string): DuplicateKey[] {
  const found: DuplicateKey[] = []
  const levels: Level[] = []
  let blockIndent: number | undefined
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const indent = line.search(/\S/)
    if (blockIndent !== undefined && indent > blockIndent) continue
    blockIndent = undefined
    const match = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[^\s'"{}[\]#&*!|>%@`-][^:#]*?)\s*:(?:\s+(.*))?$/.exec(line)
    const column = match?.[1]?.length ?? indent
    const isItem = /^\s*- /.test(line)
    while (levels.length > 0 && (levels.at(-1) as Level).indent > (isItem ? indent : column)) levels.pop()
    if (!match) continue
    const [, , key = '', value = ''] = match
    if (/^[|>][-+0-9]*\s*(#.*)?$/.test(value)) blockIndent = column
    let level = levels.at(-1)
    if (!level || level.indent < column) {
      level = { indent: column, keys: new Map() }
      levels.push(level)
    }
    const firstLine = level.keys.get(key)
    if (firstLine !== undefined) found.push({ key, line: i + 1, firstLine })
    level.keys.set(key, i + 1)
  }
  return found
}

/** Warns of each, as dbt does; `text` is what the file holds. */
export function duplicateKeyWarnings(text: string, file: string): Omit<Diagnostic, 'severity'>[] {
  // dbt counts lines from the first that is not empty.
  const skipped = (/^\s*/.exec(text)?.[0] ?? '').split('\n').length - 1
  return duplicateKeys(text).map(({ key, line, firstLine }) => ({
    code: 'TRANSFORM_YAML_INVALID',
    message: `The key '${key}' stands twice, on the lines ${firstLine} and ${line}: the later one counts.`,
    event: {
      name: 'DuplicateYAMLKeysDeprecation',
      data: {
        duplicate_description: `Duplicate key '${key}' in "<unicode string>", line ${line - skipped}, column 1`,
        file,
      },
    },
    at: { file, line },
  }))
}
