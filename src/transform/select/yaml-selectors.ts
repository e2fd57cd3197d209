import { join } from 'node:path'
import { MillraceError } from '../../base/index.js'
import { truthy } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import type { SettingsRenderer } from '../project/render.js'
import { isMapping, mappings, readYamlFileIfExists } from '../project/yaml-file.js'
import { anyOf, boolean, integer, listOf, mapping, only, placeOf, problemText, text } from '../value-checks.js'
import { criterion, defaultMethod, parseCriterion, writtenOut } from './parse-selection.js'
import type { IndirectSelection, Selection } from './selection.js'

export interface YamlSelector {
  readonly name: string
  readonly isDefault: boolean
  /** As it stands in the file. */
  readonly definition: unknown
  /** What else stands there: `description`, `default`. */
  readonly about: Readonly<Record<string, unknown>>
}

/**
 * The selectors of selectors.yml; none when there is no such file.
 * @param render evaluates the templates that it may hold
 * @throws TRANSFORM_SELECTION, YAML_SYNTAX
 */
export function readSelectors(projectDir: string, render: SettingsRenderer): YamlSelector[] {
  const file = readYamlFileIfExists(join(projectDir, 'selectors.yml'), 'selectors.yml')
  const value = render(file?.value, file)
  if (!file || !truthy(value)) return []
  const problem = shape(value)
  if (problem)
    throw transformErrors.create('TRANSFORM_SELECTION', {
      message: `The selectors of selectors.yml cannot be read: ${problemText(problem)}.`,
      at: file.locate(placeOf(problem)),
      hint: problem.hint,
    })
  const entries = mappings((value as Record<string, unknown>).selectors)
  const [first, other] = entries.filter((entry) => entry.default === true)
  if (other)
    throw transformErrors.create('TRANSFORM_SELECTION', {
      message: `Found multiple selectors with \`default: true\`: ${String(first?.name)} and ${String(other.name)}`,
      at: file.locate(['selectors', entries.indexOf(other), 'default']),
      hint: 'Leave it to one of them.',
    })
  return entries.map(({ name, definition, ...about }, i) => {
    const selector = { name: name as string, isDefault: about.default === true, definition, about }
    try {
      checkRoot(selector)
      parseDefinition(selector.definition, 'eager', selector.name)
    } catch (error) {
      throw error instanceof MillraceError
        ? Object.assign(error, { at: file.locate(['selectors', i, 'definition']) })
        : error
    }
    return selector
  })
}

/** At the root, a union or an intersection stands alone. */
function checkRoot({ name, definition }: YamlSelector): void {
  const keys = isMapping(definition) ? Object.keys(definition) : []
  if (keys.length > 1 && (keys.includes('union') || keys.includes('intersection')))
    throw invalid(name, `only \`union\` or \`intersection\` can stand at its root, alone; found ${keys.join(', ')}`)
}

const shape = only(
  {
    version: integer,
    selectors: listOf(
      only({ name: text, description: text, default: boolean, definition: anyOf(text, mapping) }, [
        'name',
        'definition',
      ]),
      'name: nightly',
    ),
  },
  ['selectors'],
)

/** A definition as a selection. @throws TRANSFORM_SELECTION */
export function parseDefinition(definition: unknown, indirect: IndirectSelection, name: string): Selection {
  if (typeof definition === 'string') return parseCriterion(definition, indirect)
  if (!isMapping(definition)) throw invalid(name, `it is neither text nor a mapping: ${JSON.stringify(definition)}`)
  if (definition.union !== undefined) return parseGroup('union', definition.union, indirect, name)
  if (definition.intersection !== undefined) return parseGroup('intersection', definition.intersection, indirect, name)
  return parseMapping(definition, indirect, name)
}

function parseGroup(
  kind: 'union' | 'intersection',
  values: unknown,
  indirect: IndirectSelection,
  name: string,
): Selection {
  if (!Array.isArray(values)) throw invalid(name, `\`${kind}\` takes a list`)
  const isExclusion = (value: unknown) => isMapping(value) && 'exclude' in value && !('method' in value)
  const exclusions = values.filter(isExclusion)
  if (exclusions.length > 1) throw invalid(name, `one \`${kind}\` can have one \`exclude\``)
  const parts = values.filter((value) => !isExclusion(value)).map((value) => parseDefinition(value, indirect, name))
  const group: Selection = { kind, parts, indirect: 'eager', warnsWhenEmpty: undefined }
  return without(group, exclusions.length === 0 ? [] : asDefinitions(exclusions[0], name), indirect, name)
}

function parseMapping(definition: Record<string, unknown>, indirect: IndirectSelection, name: string): Selection {
  const entries = Object.entries(definition)
  const [only] = entries
  const fields = entries.length === 1 && only ? { method: only[0], value: only[1] } : definition
  // One that says `method:` and nothing is looked at as if it were typed.
  const method = fields.method === null ? defaultMethod(String(fields.value)) : fields.method
  if (typeof method !== 'string' || fields.value === undefined)
    throw invalid(
      name,
      `it needs \`method\` and \`value\`, or one key with its value; it has ${Object.keys(definition).join(', ')}`,
    )
  const more: Record<string, unknown> = fields
  if (more.indirect_selection !== undefined && !isIndirect(more.indirect_selection))
    throw invalid(name, `\`indirect_selection\` cannot be ${JSON.stringify(more.indirect_selection)}`)
  for (const key of ['parents_depth', 'children_depth'])
    if (truthy(more[key]) && more[key] !== true && !/^\s*[-+]?\d+\s*$/.test(String(more[key])))
      throw invalid(name, `\`${key}\` is no whole number: ${JSON.stringify(more[key])}`)
  const depthOf = (isWanted: unknown, limit: unknown) =>
    truthy(isWanted) ? (truthy(limit) ? Number(limit) : Number.POSITIVE_INFINITY) : undefined
  const base = criterion({
    raw: JSON.stringify(definition),
    method,
    value: fields.value,
    withChildrensParents: truthy(more.childrens_parents),
    parentsDepth: depthOf(more.parents, more.parents_depth),
    childrenDepth: depthOf(more.children, more.children_depth),
    indirect: isIndirect(more.indirect_selection) ? more.indirect_selection : indirect,
  })
  return without(base, 'exclude' in definition ? asDefinitions(definition, name) : [], indirect, name)
}

function asDefinitions(holder: unknown, name: string): unknown[] {
  const list = isMapping(holder) ? holder.exclude : undefined
  if (!Array.isArray(list)) throw invalid(name, '`exclude` takes a list')
  return list
}

function without(
  selection: Selection,
  exclusions: readonly unknown[],
  indirect: IndirectSelection,
  name: string,
): Selection {
  if (exclusions.length === 0) return selection
  const parts = exclusions.map((value) => parseDefinition(value, indirect, name))
  const excluded: Selection = { kind: 'union', parts, indirect: 'eager', warnsWhenEmpty: undefined }
  return { kind: 'difference', parts: [selection, excluded], indirect: 'eager', warnsWhenEmpty: undefined }
}

/** A selector as manifest.json has it: its criteria as mappings with `method` and `value`. */
export function shownSelector({ name, definition, about }: YamlSelector): Record<string, unknown> {
  return { name, ...about, definition: shownDefinition(definition) }
}

function shownDefinition(definition: unknown): unknown {
  if (typeof definition === 'string') return writtenOut(definition)
  if (!isMapping(definition) || 'method' in definition) return definition
  const entries = Object.entries(definition)
  const [only] = entries
  if (entries.length === 1 && only && !Array.isArray(only[1])) return { method: only[0], value: only[1] }
  return Object.fromEntries(
    entries.map(([key, value]) => [key, groups.has(key) && Array.isArray(value) ? value.map(shownDefinition) : value]),
  )
}

const groups = new Set(['union', 'intersection', 'exclude'])

export const isIndirect = (value: unknown): value is IndirectSelection =>
  value === 'eager' || value === 'cautious' || value === 'buildable' || value === 'empty'

function invalid(name: string, why: string) {
  return transformErrors.create('TRANSFORM_SELECTION', {
    message: `The selector '${name}' of selectors.yml cannot be read: ${why}.`,
    at: { file: 'selectors.yml' },
  })
}
