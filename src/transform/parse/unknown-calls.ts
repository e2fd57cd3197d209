import { didYouMean } from '../../base/index.js'
import type { NodeContext } from '../context/node-context.js'
import type { ParseScope } from './parse-scope.js'

const tagPattern = /\{#[\s\S]*?#\}|\{%-?\s*raw\b[\s\S]*?endraw\s*-?%\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g
const callPattern = /(?<![\w.'"|])(?<!\bis )(?<!\|\s)([A-Za-z_]\w*)(?:\s*\.\s*([A-Za-z_]\w*))?\s*\(/g
const definedPattern = /\bset\s+([\w\s,]+?)\s*(?:=|%|$)|\bfor\s+\(?([\w\s,]+?)\)?\s+in\b|\bmacro\s+(\w+)\s*\(([^)]*)/g
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
  code: { readonly text: string; readonly file: string; readonly line: number },
): void {
  const tags = [...code.text.matchAll(tagPattern)].flatMap((match) => {
    const inner = match[1] ?? match[2]
    return inner === undefined ? [] : [{ text: inner.replace(textPattern, '""'), index: match.index }]
  })
  const defined = new Set(tags.flatMap(({ text }) => definedNames(text)))
  const seen = new Set<string>()
  for (const { text, index } of tags)
    for (const [, name = '', member] of text.matchAll(callPattern)) {
      const called = member === undefined ? name : `${name}.${member}`
      if (seen.has(called) || always.has(name) || defined.has(name)) continue
      seen.add(called)
      const value = context.get(name)
      if (value === undefined) warnOf(scope, code, called, name, index)
    }
}

function definedNames(text: string): string[] {
  return [...text.matchAll(definedPattern)].flatMap(([, set = '', loop = '', macro = '', parameters = '']) =>
    [set, loop, macro, parameters].flatMap((list) => list.match(/[A-Za-z_]\w*/g) ?? []),
  )
}

function warnOf(
  { diagnostics, registry }: ParseScope,
  code: { readonly text: string; readonly file: string; readonly line: number },
  called: string,
  name: string,
  index: number,
): void {
  const line = code.line + code.text.slice(0, index).split('\n').length - 1
  const isMember = called !== name
  diagnostics.warn({
    code: 'TRANSFORM_MACRO_NOT_FOUND',
    message: isMember
      ? `${code.file}:${line} calls '${called}', and there is no package or variable '${name}'.`
      : `${code.file}:${line} calls the macro '${name}', which does not exist.`,
    at: { file: code.file, line },
    hint: isMember
      ? 'Add the package to packages.yml and run `dbt deps`.'
      : (didYouMean(name, registry.names()) ?? 'Write it in a file below macros/, or install the package that has it.'),
  })
}
