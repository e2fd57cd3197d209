import { didYouMean, isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import { wantedSettings } from '../interpolation/index.js'
import type { Manifest } from '../source/declarative-source.js'
import type { Problem } from './problem.js'
import type { WrittenTemplate } from './written-templates.js'

/** Settings that templates ask for and the spec does not have. Where it takes others too, only what looks misspelled is told. */
export function undeclaredSettings(
  templates: readonly WrittenTemplate[],
  spec: Manifest['spec'],
  root: Mapping,
): Problem[] {
  if (!isMapping(spec.properties)) return []
  const declared = declaredNames(spec)
  const wanted = new Map<string, WrittenTemplate>()
  for (const template of templates)
    if ('statements' in template.parsed && template.text.includes('config'))
      for (const name of wantedSettings(template.parsed.statements))
        if (!declared.has(name) && !name.startsWith('_') && !wanted.has(name)) wanted.set(name, template)
  if (wanted.size === 0) return []
  const put = settingsPut(root)
  if (!put) return []
  const takesOthers = spec.additionalProperties === true || isMapping(spec.additionalProperties)
  return [...wanted].flatMap(([name, { path }]) => {
    const meant = didYouMean(name, [...declared])
    if (put.has(name) || (takesOthers && meant === undefined)) return []
    const message = `a template asks for the setting \`${name}\`, which the spec does not have.`
    return [{ path, message: meant === undefined ? message : `${message} ${meant}` }]
  })
}

function declaredNames(schema: unknown): Set<string> {
  if (Array.isArray(schema)) return new Set(schema.flatMap((one) => [...declaredNames(one)]))
  if (!isMapping(schema)) return new Set()
  const { properties, oneOf, anyOf, allOf, then, else: otherwise } = schema
  const own = isMapping(properties) ? Object.keys(properties) : []
  return new Set([...own, ...[oneOf, anyOf, allOf, then, otherwise].flatMap((one) => [...declaredNames(one)])])
}

/** Settings that the manifest itself puts into the config: migrations, tokens, a login. Undefined where nobody can tell which. */
function settingsPut(root: Mapping): ReadonlySet<string> | undefined {
  const found = new Set<string>()
  let isTold = true
  const put = (path: unknown) => {
    const [name] = Array.isArray(path) ? (path as readonly unknown[]) : []
    if (typeof name === 'string') found.add(name)
    if (typeof name === 'string' && name.includes('{{')) isTold = false
  }
  const walk = (value: unknown, isRule: boolean): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, isRule)
    else if (isMapping(value)) {
      if (value.type === 'CustomConfigTransformation') isTold = false
      for (const [key, item] of Object.entries(value)) {
        if (typeof item !== 'object' || item === null) continue
        if (key.endsWith('_config_path') || key === 'path_in_connector_config' || (isRule && key === 'path')) put(item)
        if (key === 'config_overrides') for (const name of Object.keys(item)) found.add(name)
        walk(item, isRule || key === 'config_normalization_rules')
      }
    }
  }
  walk(root, false)
  return isTold ? found : undefined
}
