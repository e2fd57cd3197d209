import type { ProjectNames, TableName } from '../../orchestrate/index.js'

/** The columns of a table, a line each, as they stand in the file. */
export type TableLines = ReadonlyMap<string, readonly string[]>

export interface KnownTypes {
  readonly names: ProjectNames
  readonly columns: TableLines
  /** Assets that are no tables: those of definitions.ts, exposures. */
  readonly assets: readonly string[]
  /** By the keys of assets. */
  readonly descriptions: ReadonlyMap<string, string>
}

/** What a table is called whose columns are not all known. */
export const openLine = '[column: string]: unknown'

const head = `// What the compiler knows of this project. \`millrace types\` and \`millrace up\` write it anew when the project or its tables change:
// nobody edits it, and git keeps it.
export {}

declare module 'millrace' {
  interface ProjectTypes {
`

/** The file, in one order whatever the order of what it is made of. */
export function renderTypes({ names, columns, assets, descriptions }: KnownTypes): string {
  const key = ({ key }: TableName) => quoted(key)
  const about = ({ key }: TableName) => descriptions.get(key)
  const tables = new Map([...columns].map(([name, lines]) => [name, [...lines]]))
  const parts = [
    block('tables', sorted(tables.keys()), (name) => nested(name, tables.get(name) ?? [])),
    block('assets', sorted(assets), (name) => [`${property(name)}: unknown`]),
    ...(['models', 'seeds', 'snapshots', 'sources'] as const).map((part) => block(part, ...tableLines(names[part]))),
    block('connections', sorted(Object.keys(names.streams)), (name) => {
      const [streams, line] = tableLines(names.streams[name] ?? {})
      return nested(name, streams.flatMap(line))
    }),
  ]
  return `${head}${parts
    .flat()
    .map((line) => `    ${line}\n`)
    .join('')}  }\n}\n`

  function tableLines(found: Readonly<Record<string, TableName>>) {
    const line = (name: string): string[] => {
      const table = found[name] as TableName
      const words = about(table)
      return [...(words ? [`/** ${words} */`] : []), `${property(name)}: ${key(table)}`]
    }
    return [sorted(Object.keys(found)), line] as const
  }
}

const sorted = (names: Iterable<string>): string[] => [...names].sort()

function block(name: string, members: readonly string[], lines: (member: string) => readonly string[]): string[] {
  return nested(name, members.flatMap(lines))
}

const nested = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [`${property(name)}: {}`] : [`${property(name)}: {`, ...lines.map((line) => `  ${line}`), '}']

const quoted = (text: string) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** A name as it stands before a colon. */
export const property = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name))

/** The columns that a file has, so that what cannot be seen now is not forgotten. */
export function readColumns(text: string): TableLines {
  const found = new Map<string, string[]>()
  let table: string[] | undefined
  const [, tables = ''] = /^ {4}tables: \{\n(.*?)^ {4}\}/ms.exec(text) ?? []
  for (const line of tables.split('\n')) {
    const column = /^ {8}(\S.*)$/.exec(line)?.[1]
    const name = /^ {6}(\S.*): \{\}?$/.exec(line)?.[1]
    if (name !== undefined) {
      table = []
      found.set(unquoted(name), table)
    } else if (column !== undefined) table?.push(column)
  }
  return found
}

const unquoted = (name: string): string =>
  name.startsWith("'")
    ? (JSON.parse(`"${name.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`) as string)
    : name
