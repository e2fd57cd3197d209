import { didYouMean } from '../../../base/index.js'
import type { NamedCall } from '../../../jinja/index.js'
import { definedNames, meantMacro } from '../../context/meant-name.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ParseScope } from '../scope/parse-scope.js'

const tagPattern = /\{#[\s\S]*?#\}|\{%-?\s*raw\b[\s\S]*?endraw\s*-?%\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g
const textPattern = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g

/** Names that are always there, whatever the context holds. */
const always = new Set(
  'range dict list lipsum cycler joiner namespace caller loop varargs kwargs super self'.split(' '),
)

interface Code {
  readonly text: string
  readonly file: string
  /** On which the text begins. */
  readonly line: number
  readonly packageName: string
}

/**
 * Warns of macros that a file calls and that do not exist. It is no error: the call may stand in a branch that never
 * runs, as dbt allows; when it runs, it fails there.
 */
export function warnOfUnknownCalls(
  scope: ParseScope,
  context: NodeContext,
  calls: readonly NamedCall[],
  code: Code,
): void {
  const known = knownNames(scope, code.packageName)
  // What a file defines itself is only looked for when it calls what nobody else has.
  let defined: Set<string> | undefined
  const seen = new Set<string>()
  for (const call of calls) {
    const { name, member } = call
    const isInPackage = member !== undefined && scope.registry.hasPackage(name)
    if (isInPackage ? scope.registry.findIn(name, member) : known.has(name)) continue
    const called = member === undefined ? name : `${name}.${member}`
    if (seen.has(called) || always.has(name)) continue
    seen.add(called)
    defined ??= definedIn(code.text)
    if (defined.has(name)) continue
    if (!isInPackage && context.get(name) !== undefined) known.add(name)
    else warnOf(scope, code, call)
  }
}

/** The names that the tags of a file give to something. */
const definedIn = (text: string) =>
  new Set(
    [...text.matchAll(tagPattern)].flatMap(([, output, statement]) =>
      definedNames((output ?? statement ?? '').replace(textPattern, '""')),
    ),
  )

const knownNamesOf = new WeakMap<ParseScope, Map<string, Set<string>>>()

/** Names that were found once are there for every file of a package: macros, packages and what dbt has. */
function knownNames(scope: ParseScope, packageName: string): Set<string> {
  const byPackage = knownNamesOf.get(scope) ?? new Map<string, Set<string>>()
  knownNamesOf.set(scope, byPackage)
  const names = byPackage.get(packageName) ?? new Set<string>()
  byPackage.set(packageName, names)
  return names
}

function warnOf({ diagnostics, registry }: ParseScope, code: Code, call: NamedCall): void {
  const { name, member } = call
  const line = code.line + call.line - 1
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
