/** What an input of a unit test names: `ref('a')`, `ref('package', 'a', v=2)`, `source('raw', 'a')`. */
export interface InputReference {
  readonly kind: 'ref' | 'source'
  /** As written, without the version. */
  readonly names: readonly string[]
  readonly version: string | null
}

/** Undefined for what is neither, `this` say. */
export function readInput(input: string): InputReference | undefined {
  const [, kind, inner = ''] = /^\s*(ref|source)\s*\((.*)\)\s*$/s.exec(input) ?? []
  if (kind === undefined) return undefined
  const version = /\bv(?:ersion)?\s*=\s*['"]?([\w.]+)/.exec(inner)?.[1] ?? null
  // An own `ref` may take more than dbt's: what it takes by name is no name of a model.
  const positional = inner.replace(/\b\w+\s*=\s*(?:'[^']*'|"[^"]*"|[\w.]+)/g, '')
  const names = [...positional.matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1] as string)
  return { kind: kind as 'ref' | 'source', names, version }
}
