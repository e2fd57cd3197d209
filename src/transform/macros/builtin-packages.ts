import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A package of macros that comes with Millrace, as dbt comes with `dbt` and each adapter with `dbt_<type>`. */
export interface BuiltinMacroPackage {
  readonly name: string
  /** Holds the `.sql` files; a macro's `original_file_path` is `macros/` + its path below it. */
  readonly dir: string
}

const folder = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url))

/** The built-in packages for an adapter type, most general first; later ones win in dispatch by their prefix. */
export function builtinMacroPackages(adapterType: string): BuiltinMacroPackage[] {
  const own = `dbt_${adapterType}`
  return ['dbt', ...(/^\w+$/.test(adapterType) && existsSync(folder(own)) ? [own] : [])].map((name) => ({
    name,
    dir: folder(name),
  }))
}

/** Prefixes that `adapter.dispatch` tries for an adapter type, in order. */
export function dispatchPrefixes(adapterType: string): string[] {
  return [`${adapterType}__`, 'default__']
}
