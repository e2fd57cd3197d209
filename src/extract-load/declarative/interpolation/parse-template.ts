import { isMapping, MillraceError } from '../../../base/index.js'
import type { Statement } from '../../../jinja/index.js'
import { templateLanguage } from './environment.js'

/** What a text says as a template, or why it is none. */
export type ParsedTemplate = { readonly statements: readonly Statement[] } | { readonly problem: string }

/** Reads templates that nobody asks for values. */
export function templateParser(): (source: string) => ParsedTemplate {
  const { environment } = templateLanguage({ now: () => new Date(0) }, () => 0)
  return (source) => {
    try {
      return { statements: environment.compile({ name: 'template', source }).statements }
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      const { message, at } = error
      const line = source.includes('\n') && at?.line !== undefined ? ` (line ${at.line} of it)` : ''
      return { problem: `${message.replace(/\.$/, '')}${line}` }
    }
  }
}

const dictMethods = new Set(['get', 'items', 'keys', 'values', 'copy', 'update', 'pop'])

/** The settings that a template asks for as if they were there: `config['x']` and `config.x`, and not `config.get('x')`. */
export function wantedSettings(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(wantedSettings)
  if (typeof node !== 'object' || node === null) return []
  const { type, object, key, name } = node as Readonly<Record<string, unknown>>
  const isOfConfig = isMapping(object) && object.type === 'name' && object.name === 'config'
  if (isOfConfig && type === 'item' && isMapping(key) && typeof key.value === 'string') return [key.value]
  if (isOfConfig && type === 'attribute' && typeof name === 'string') return dictMethods.has(name) ? [] : [name]
  return Object.values(node).flatMap(wantedSettings)
}
