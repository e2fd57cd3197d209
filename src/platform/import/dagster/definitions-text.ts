import { type Code, comment, Names } from '../typescript/source-text.js'

/** What a written file may take from `millrace`; nothing else in it may have these names. */
const offered = [
  'asset',
  'automation',
  'check',
  'connection',
  'dbt',
  'externalAsset',
  'freshness',
  'mapping',
  'multiAsset',
  'partitions',
  'schedule',
  'when',
  'z',
] as const

/** Puts a file of definitions together, statement by statement. */
export class DefinitionsText {
  readonly names = new Names([
    ...offered,
    'imported',
    'unfinished',
    'sensor',
    'onMaterialized',
    'onRunStatus',
    'resource',
  ])
  readonly #parts: string[] = []
  readonly #exported: string[] = []

  /** A constant that is one of the definitions, or only serves them. */
  constant(
    name: string,
    value: Code,
    options: { readonly above?: readonly string[]; readonly isDefinition: boolean; readonly isExported?: boolean },
  ) {
    const above = options.above?.length ? `${comment(options.above)}\n` : ''
    this.#parts.push(`${above}${options.isExported ? 'export ' : ''}const ${name} = ${value.text}`)
    if (options.isDefinition) this.#exported.push(name)
  }

  /** What a person may make something of: it stands there as a comment. */
  note(lines: readonly string[]): void {
    if (lines.length > 0) this.#parts.push(comment(lines))
  }

  heading(text: string): void {
    this.#parts.push(`// --- ${text} ---`)
  }

  /** @param isDefault whether it is the project's definitions.ts itself */
  text(introduction: readonly string[], { isDefault }: { readonly isDefault: boolean }): string {
    const parts = this.#parts.filter((part, i) => !isHeading(part) || !isHeading(this.#parts[i + 1] ?? '// --- '))
    const body = parts.join('\n\n')
    const used = [...offered, ...(isDefault ? ['defineProject'] : [])].filter((name) =>
      isDefault && name === 'defineProject' ? true : usesName(body, name),
    )
    const list = this.#exported.map((name) => `  ${name},`).join('\n')
    const all = this.#exported.length === 0 ? '[]' : `[\n${list}\n]`
    const imports = used.length === 0 ? '' : `import { ${used.sort(byLetters).join(', ')} } from 'millrace'`
    return `${[
      comment(introduction),
      imports,
      unfinished(body),
      body,
      isDefault ? `export default defineProject(\n${list}\n)` : `export const imported = ${all} as const`,
    ]
      .filter((part) => part !== '')
      .join('\n\n')}\n`
  }
}

const isHeading = (part: string) => part.startsWith('// --- ')
const byLetters = (a: string, b: string) => a.toLowerCase().localeCompare(b.toLowerCase())

/** Whether code, and not only a comment, uses a name. */
function usesName(body: string, name: string): boolean {
  const lines = body.split('\n').filter((line) => !line.trimStart().startsWith('//'))
  return new RegExp(`(^|[^\\w.'"])${name}\\b[.(]`).test(lines.join('\n'))
}

const unfinished = (body: string) =>
  body.includes('unfinished(')
    ? `/** Stands where code of Dagster stood: what still has to be written. */
function unfinished(what: string, inDagster: string): never {
  throw new Error(\`\${what} is not written yet: in Dagster \${inDagster} does it. Write it in TypeScript, or let \\\`pipes\\\` run the Python.\`)
}`
    : ''
