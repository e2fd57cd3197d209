import { didYouMean } from '../../../base/index.js'
import { definedNames, meantMacro } from '../../context/meant-name.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ParseScope } from '../scope/parse-scope.js'

const tagPattern = /\{#[\s\S]*?#\}|\{%-?\s*raw\b[\s\S]*?endraw\s*-?%\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g
const callPattern = /(?<![\w.'"|])(?<!\bis )(?<!\|\s)([A-Za-z_]\w*)(?:\s*\.\s*([A-Za-z_]\w*))?\s*\(/g
const textPattern = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g

/** Names that are always there, whatever the context holds. */
const always = new Set(
  'range dict list lipsum cycler joiner namespace caller loop varargs kwargs super self if elif else not and or in is call return do filter'.split(
    ' ',
  ),
)

/**
 * Warns of macros that a file calls and that do not exist. It is no error: the call may stand in a branch that never
 * runs, as dbt allows; when it runs, it fails there.
 */
export function warnOfUnknownCalls(
  scope: ParseScope,
  context: NodeContext,
  code: { readonly text: string; readonly file: string; readonly line: number; readonly packageName: string },
): void {
  const known = knownNames(scope, code.packageName)
  const tags = [...code.text.matchAll(tagPattern)].flatMap((match) => {
    const inner = match[1] ?? match[2]
    return inner === undefined ? [] : [{ inner, index: match.index }]
  })
  // What a file defines itself is only looked for when it calls what nobody else has.
  let defined: Set<string> | undefined
  const seen = new Set<string>()
  for (const { inner, index } of tags) {
    if (!inner.includes('(')) continue
    for (const [, name = '', member] of withoutTexts(inner).matchAll(callPattern)) {
      const called = member === undefined ? name : `${name}.${member}`
      const isInPackage = member !== undefined && scope.registry.hasPackage(name)
      if (isInPackage ? scope.registry.findIn(name, member) : known.has(name)) continue
      if (seen.has(called) || always.has(name)) continue
      seen.add(called)
      defined ??= new Set(tags.flatMap((tag) => definedNames(withoutTexts(tag.inner))))
      if (defined.has(name)) continue
      if (!isInPackage && context.get(name) !== undefined) known.add(name)
      else warnOf(scope, code, { name, member }, index)
    }
  }
}

const withoutTexts = (code: string) => code.replace(textPattern, '""')

const knownNamesOf = new WeakMap<ParseScope, Map<string, Set<string>>>()

/** Names that were found once are there for every file of a package: macros, packages and what dbt has. */
function knownNames(scope: ParseScope, packageName: string): Set<string> {
  const byPackage = knownNamesOf.get(scope) ?? new Map<string, Set<string>>()
  knownNamesOf.set(scope, byPackage)
  const names = byPackage.get(packageName) ?? new Set<string>()
  byPackage.set(packageName, names)
  return names
}

function warnOf(
  { diagnostics, registry }: ParseScope,
  code: { readonly text: string; readonly file: string; readonly line: number },
  { name, member }: { readonly name: string; readonly member: string | undefined },
  index: number,
): void {
  const line = code.line + code.text.slice(0, index).split('\n').length - 1
  const isMember = member !== undefined
  const isInPackage = isMember && registry.hasPackage(name)
  diagnostics.warn({
    code: 'TRANSFORM_MACRO_NOT_FOUND',
    message:
      isMember && !isInPackage
        ? `${code.file}:${line} calls '${name}.${member}', and there is no package or variable '${name}'.`
        : `${code.file}:${line} calls the macro '${isMember ? `${name}.${member}` : name}', which does not exist.`,
    at: { file: code.file, line },
    hint: isInPackage
      ? (didYouMean(member, registry.namesIn(name)) ?? `Look for it in the macros of '${name}'.`)
      : isMember
        ? 'Add the package to packages.yml and run `dbt deps`.'
        : meantMacro(name, registry),
  })
}
