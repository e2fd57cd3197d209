import type { Definitions } from '../../../orchestrate/index.js'
import { quoted, sourceOf } from '../typescript/source-text.js'
import { keyText } from './dagster-project.js'
import { checkOptions } from './own-checks.js'
import { inDeps } from './references.js'
import { sections } from './sections.js'
import type { AssetTranslation } from './translate-assets.js'
import type { TranslationOutput } from './translation-output.js'

/** Checks of streams and models that are no tests of dbt. They are comments: one that throws would fail what works already. */
export function writeForeignChecks(
  translation: AssetTranslation,
  definitions: Definitions,
  { text, checklist }: TranslationOutput,
): void {
  text.heading('Checks of streams and models')
  for (const { node, match } of translation.assets) {
    if (match.type !== 'here') continue
    const { key } = match.asset
    const known = new Set(definitions.checks.filter(({ asset }) => asset === key).map(({ name }) => name))
    for (const one of node.assetChecksOrError?.checks ?? []) {
      if (known.has(one.name)) continue
      const checked = inDeps(translation.reference(node.assetKey) ?? { key: keyText(node.assetKey), isMade: true })
      const head = `const ${text.names.of(one.name, 'Check')} = check(${checked.text}, ${quoted(one.name)}`
      text.note([
        `${head}, ${sourceOf(checkOptions(one))}, async ({ query }) => {`,
        "  const rows = await query('select …')",
        '  return { passed: rows.length > 0 }',
        '})',
      ])
      checklist.add(
        sections.checks,
        `\`${one.name}\` of \`${key}\` stands there as a comment: write it, or drop it where a test of dbt says the same.`,
      )
    }
  }
}
