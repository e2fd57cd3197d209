import { type Code, call, code, quoted } from '../typescript/source-text.js'
import { sections } from './sections.js'
import type { AssetTranslation } from './translate-assets.js'
import type { TranslationOutput } from './translation-output.js'
import { automationCode } from './write-options.js'

/** Conditions that Dagster has for what is here already, and that nothing here says. */
export function writeAutomations(translation: AssetTranslation, { text, checklist }: TranslationOutput): void {
  text.heading('Conditions of streams and models')
  const byCondition = new Map<string, Code[]>()
  for (const { node, match } of translation.assets) {
    if (match.type !== 'here' || !node.automationCondition || match.asset.condition) continue
    const condition = automationCode(node)
    const { key } = match.asset
    if (!condition) {
      checklist.add(
        sections.automation,
        `\`${key}\` has a condition of its own: \`${node.automationCondition.expandedLabel.join(' ')}\`. Write it with \`automation()\` and \`when\`.`,
      )
      continue
    }
    const target = code(translation.reference(node.assetKey)?.table ?? `{ key: ${quoted(key)} }`)
    byCondition.set(condition.text, [...(byCondition.get(condition.text) ?? []), target])
  }
  for (const [condition, target] of byCondition) {
    const what = /^when\.(\w+)\(/.exec(condition)?.[1] ?? 'condition'
    const name = text.names.of(`imported ${what}`)
    const options = { target, condition: code(condition) }
    text.constant(name, call('automation', [name, options], name.length + 10), { isDefinition: true })
  }
}
