import { PyDict } from '../../../jinja/index.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import { isMapping } from '../../project/yaml-file.js'
import { toPython } from '../../python/values.js'

const callOfOne = /^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$/s

/** The template that an argument of a test is, e.g. `{{ ref('x') }}` for `to: ref('x')`; undefined for a plain value. */
export function argumentTemplate(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || key === 'column_name') return undefined
  if (callOfOne.test(value)) return `{{ ${value} }}`
  return holdsJinja(value) ? value : undefined
}

/** A template of an argument as it may be written: with its braces, or as the call that it was made of. */
export const spellingsOf = (template: string): readonly string[] => [
  template,
  template.replace(/^\{\{ (.*) \}\}$/s, '$1'),
]

/** All templates in an argument, however deep they stand. */
export function argumentTemplates(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => argumentTemplates('', item))
  if (isMapping(value)) return Object.values(value).flatMap((item) => argumentTemplates('', item))
  const template = argumentTemplate(key, value)
  return template === undefined ? [] : [template]
}

/** An argument as the test gets it, with its templates rendered. */
export function argumentValue(key: string, value: unknown, render: (template: string) => unknown): unknown {
  if (argumentTemplates(key, value).length === 0) return toPython(value)
  if (Array.isArray(value)) return value.map((item) => argumentValue('', item, render))
  if (isMapping(value))
    return PyDict.from(Object.entries(value).map(([name, item]) => [name, argumentValue('', item, render)] as const))
  return render(argumentTemplate(key, value) as string)
}
