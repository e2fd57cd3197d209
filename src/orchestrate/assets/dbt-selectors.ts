import type { AssetKey, Definitions } from '../contract/index.js'
import { parseSelection, type SelectionTree } from './selection-syntax.js'

/** dbt's own methods, without those that mean assets of any kind (`tag`, `group`), and `dbt:"…"` for whatever dbt understands. */
const pattern =
  /^(?:dbt:(?<all>.+)|(?<one>(?:fqn|source|path|file|package|config(?:\.[\w.]+)?|resource_type|state|exposure|access|version|selector|test_name|test_type):.+))$/s

/** The dbt selector that a part of a selection is, undefined where it is none. */
export function dbtSelectorOf(body: string): string | undefined {
  const { all, one } = pattern.exec(body)?.groups ?? {}
  return (all ?? one)?.replaceAll('"', '')
}

/** All that a selection leaves to dbt. @throws SELECTION_INVALID */
export function dbtSelectorsOf(selection: string): readonly string[] {
  // Most have none, and may be long.
  if (!selection.includes(':')) return []
  const found = new Set<string>()
  const open: SelectionTree[] = [parseSelection(selection)]
  for (let tree = open.pop(); tree; tree = open.pop()) {
    if ('left' in tree) open.push(tree.left, tree.right)
    else if ('of' in tree) open.push(tree.of)
    else {
      const selector = dbtSelectorOf(bodyOf(tree.text))
      if (selector !== undefined) found.add(selector)
    }
  }
  return [...found]
}

/** `1+body+2` without what is around it. */
const bodyOf = (text: string) => /^(?:\d*\+)?(.*?)(?:\+\d*)?$/s.exec(text)?.[1] ?? text

/** The definitions with what dbt says to a selection, which is asked now. */
export async function withDbtSelections(
  definitions: Definitions,
  selection: string,
  selectDbt: (selectors: readonly string[]) => Promise<Readonly<Record<string, readonly AssetKey[]>>>,
): Promise<Definitions> {
  const selectors = dbtSelectorsOf(selection)
  if (selectors.length === 0) return definitions
  return { ...definitions, dbtSelections: { ...definitions.dbtSelections, ...(await selectDbt(selectors)) } }
}
