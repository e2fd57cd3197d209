import { call, code, quoted } from '../typescript/source-text.js'
import type { AssetNode } from './answers.js'
import { sections } from './sections.js'
import type { TranslationOutput } from './translation-output.js'

type Check = NonNullable<AssetNode['assetChecksOrError']>['checks'][number]

export const checkOptions = ({ blocking, description }: Check) => ({
  blocking: blocking || undefined,
  description: description || undefined,
})

/** Checks of an asset whose code has to be written: they are asked once it was made, and then theirs has to be there, too. */
export function writeOwnChecks(
  {
    node,
    key,
    name,
    location,
  }: { readonly node: AssetNode; readonly key: string; readonly name: string | undefined; readonly location: string },
  { text, checklist }: TranslationOutput,
): void {
  for (const one of node.assetChecksOrError?.checks ?? []) {
    const body = code(`() => unfinished(${quoted(`${key}: ${one.name}`)}, ${quoted(`a check of ${location}`)})`)
    const constant = text.names.of(one.name, 'Check')
    const checked = code(name ?? quoted(key))
    text.constant(constant, call('check', [checked, one.name, checkOptions(one), body], 90), { isDefinition: true })
    checklist.add(sections.checks, `\`${one.name}\` of \`${key}\`: its code has to be written.`)
  }
}
