import { didYouMean, type MillraceError, toMillraceError } from '../../base/index.js'
import type { ManifestNode } from '../contract.js'
import type { MacroRegistry } from './macro-registry.js'
import type { NodeContext } from './node-context.js'

/** What most calls are; macros with names like these come after. */
const often = ['ref', 'source', 'var', 'env_var', 'config', 'is_incremental', 'run_query', 'doc']

/** What somebody may have meant who calls a macro that is not there. */
export function meantMacro(name: string, registry: MacroRegistry, others: readonly string[] = []): string {
  const elsewhere = registry.findAnywhere(name)
  if (elsewhere) return `Did you mean '${elsewhere.package_name}.${name}'?`
  return (
    didYouMean(name, often) ??
    didYouMean(name, others) ??
    didYouMean(name, registry.names()) ??
    'Write it in a file below macros/, or install the package that has it.'
  )
}

const definedPattern = /\bset\s+([\w\s,]+?)\s*(?:=|%|$)|\bfor\s+\(?([\w\s,]+?)\)?\s+in\b|\bmacro\s+(\w+)\s*\(([^)]*)/g

/** Names that a template gives to something itself. */
export function definedNames(text: string): string[] {
  return [...text.matchAll(definedPattern)].flatMap(([, set = '', loop = '', macro = '', parameters = '']) =>
    [set, loop, macro, parameters].flatMap((list) => list.match(/[A-Za-z_]\w*/g) ?? []),
  )
}

/** Adds to the error of a name that means nothing which one may be meant. */
export function withMeantName(
  thrown: unknown,
  node: ManifestNode,
  context: NodeContext,
  registry: MacroRegistry,
): MillraceError {
  const error = toMillraceError(thrown)
  if (error.code !== 'JINJA_UNDEFINED' || error.hint !== undefined) return error
  const [, name, member] =
    /^'(\w+)' is undefined$|^'package object' has no attribute '(\w+)'$/.exec(error.message) ?? []
  if (member !== undefined) return Object.assign(error, { hint: meantMacro(member, registry) })
  if (name === undefined) return error
  if (new RegExp(`\\bmacro\\s+${name}\\s*\\(`).test(node.raw_code))
    return Object.assign(error, {
      hint: `A macro that ${node.original_file_path} defines has no name there, for dbt either: move it to a file below macros/.`,
    })
  const own = error.at?.file === node.original_file_path ? definedNames(node.raw_code) : []
  return Object.assign(error, { hint: meantMacro(name, registry, [...own, ...context.names]) })
}
