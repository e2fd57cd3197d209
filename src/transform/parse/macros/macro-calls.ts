import type { MacroRegistry } from '../../context/macro-registry.js'
import type { ManifestMacro } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'

const expressionPattern = /\{#[\s\S]*?#\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g
const stringPattern = /'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"/g
/** A filter of the name of a macro is not that macro. */
const callPattern = /(?<![\w.'"])(?<!\|\s*)(?:([A-Za-z_]\w*)\s*\.\s*)?([A-Za-z_]\w*)\s*\(/g
const dispatchPattern =
  /adapter\s*\.\s*dispatch\s*\(\s*(?:macro_name\s*=\s*)?['"](\w+)['"](?:\s*,\s*(?:macro_namespace\s*=\s*)?['"](\w+)['"])?/g

/** Fills `depends_on.macros` of every macro with what its text calls, without running it. */
export function linkMacros(registry: MacroRegistry, root: DbtPackage, prefixes: readonly string[]): void {
  for (const macro of registry.all()) {
    const found = new Set<string>()
    const note = (called: ManifestMacro | undefined) => {
      if (called && called !== macro) found.add(called.unique_id)
    }
    for (const [, output, statement] of macro.macro_sql.matchAll(expressionPattern)) {
      const text = output ?? statement ?? ''
      if (!text.includes('(') || /^[-+]?\s*(macro|test|data_test|materialization)\b/.test(text)) continue
      for (const [, packageName, name = ''] of text.replace(stringPattern, "''").matchAll(callPattern))
        if (packageName === undefined) note(registry.find(name, macro.package_name))
        else if (registry.hasPackage(packageName)) note(registry.findIn(packageName, name))
      for (const [, name = '', namespace] of text.matchAll(dispatchPattern))
        note(dispatched(registry, root, prefixes, macro.package_name, name, namespace))
    }
    macro.depends_on.macros = [...found]
  }
}

function dispatched(
  registry: MacroRegistry,
  root: DbtPackage,
  prefixes: readonly string[],
  from: string,
  name: string,
  namespace: string | undefined,
): ManifestMacro | undefined {
  const order = root.dispatch.find((entry) => entry.namespace === namespace)?.order ?? [
    root.name,
    ...(namespace ? [namespace] : []),
    'dbt',
  ]
  for (const place of order)
    for (const prefix of prefixes) {
      const found = registry.findIn(place, `${prefix}${name}`)
      if (found) return found
    }
  return registry.find(`default__${name}`, from)
}
