import type { Manifest } from '../contract.js'
import type { Selectable } from '../graph/selectable.js'

/** The project's and its packages' macros. What comes with the program is another text in each program and version of it. */
export function modifiedMacros(before: Manifest, after: Manifest): Set<string> {
  const ids = new Set([...Object.keys(before.macros), ...Object.keys(after.macros)])
  const builtin = new Set(['dbt', ...[before, after].map(({ metadata }) => `dbt_${String(metadata.adapter_type)}`)])
  const isOwn = (id: string) => !builtin.has((after.macros[id] ?? before.macros[id])?.package_name ?? '')
  return new Set([...ids].filter((id) => isOwn(id) && before.macros[id]?.macro_sql !== after.macros[id]?.macro_sql))
}

/** Whether a node calls one of the macros, itself or through others. */
export function usesMacro(node: Selectable, wanted: ReadonlySet<string>, manifest: Manifest): boolean {
  if (wanted.size === 0) return false
  const seen = new Set<string>()
  const visit = (ids: readonly string[]): boolean =>
    ids.some((id) => {
      if (seen.has(id)) return false
      seen.add(id)
      return wanted.has(id) || visit(manifest.macros[id]?.depends_on.macros ?? [])
    })
  return visit((node.depends_on as { macros?: string[] } | undefined)?.macros ?? [])
}
