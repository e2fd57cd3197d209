import { isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import { type ParsedTemplate, templateParser } from '../interpolation/index.js'
import { knownFields } from './known-fields.js'
import { leftOut } from './visit-components.js'

/** A text with braces, in a field that means something. */
export interface WrittenTemplate {
  readonly text: string
  /** The first place that has it. */
  readonly path: readonly (string | number)[]
  readonly parsed: ParsedTemplate
}

const isTemplate = (text: string) => text.includes('{{') || text.includes('{%')
const prose = new Set(['title', 'description'])

/** The templates of all components, each text once. */
export function writtenTemplates(root: Mapping): WrittenTemplate[] {
  const parse = templateParser()
  const found = new Map<string, WrittenTemplate>()
  const take = (text: string, path: readonly (string | number)[]) => {
    if (isTemplate(text) && !found.has(text)) found.set(text, { text, path, parsed: parse(text) })
  }
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'string') take(value, path)
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i])
    else if (isMapping(value)) {
      const known = typeof value.type === 'string' ? knownFields(value.type) : undefined
      for (const [key, item] of Object.entries(value)) {
        if (leftOut.has(key) || prose.has(key)) continue
        const place = [...path, key]
        take(key, place)
        // Parameters become fields wherever they come to: what nothing asks for is no template.
        if (typeof item === 'object' || !known || known.has(key)) walk(item, place)
      }
    }
  }
  walk(root, [])
  return [...found.values()]
}
