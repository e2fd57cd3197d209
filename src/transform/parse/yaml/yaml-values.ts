import { codeFrame, type SourceLocation } from '../../../base/index.js'
import { type Context, JinjaEnvironment } from '../../../jinja/index.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import { checkType, PlainText, typeFilters } from '../../project/type-filters.js'
import { inDocument, isMapping, type Path } from '../../project/yaml-file.js'
import { toPlain } from '../../python/values.js'

/** YAML values keep their type: `{{ var('n') }}` is the number itself. */
const yamlEnvironment = new JinjaEnvironment({ filters: typeFilters })

/** What values were read from: an entry of a properties file, dbt_project.yml. */
export interface YamlSource {
  readonly file: string
  readonly values: unknown
  locate(path: Path): SourceLocation
}

/** Renders the templates in a YAML value, however deep; `skips` keeps a key's value as it is written. */
export function renderYaml(
  value: unknown,
  context: Context,
  source: YamlSource,
  skips?: (key: string) => boolean,
): unknown {
  if (typeof value === 'string') return holdsJinja(value) ? renderText(value, context, source) : withoutBreak(value)
  if (Array.isArray(value)) return value.map((item) => renderYaml(item, context, source, skips))
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, skips?.(key) ? item : renderYaml(item, context, source, skips)]),
  )
}

/** Jinja takes the line break at the end of a template for none of it; a block of text in YAML ends with one. */
const withoutBreak = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text)

function renderText(template: string, context: Context, source: YamlSource): unknown {
  try {
    return toPlain(evaluateYaml(template, context, source.file))
  } catch (thrown) {
    throw inEntry(thrown, template, source)
  }
}

/** Tells an error of a template where it stands in its entry. */
export function inEntry(thrown: unknown, template: string, { values, locate }: YamlSource): unknown {
  const show = (path: Parameters<typeof locate>[0]) => {
    const at = locate(path)
    return { at, frame: codeFrame(template, 1, undefined, at.line) }
  }
  return inDocument(thrown, template, { value: values, show })
}

/** What an entry says beside its config, rendered: descriptions and tests keep their templates. */
export function renderEntry<T>(value: T, context: () => Context, source: YamlSource): T {
  return changesWhenRendered(value) ? (renderYaml(value, context(), source, keepsTemplates) as T) : value
}

const renderedLater: ReadonlySet<string> = new Set(['description', 'tests', 'data_tests', 'loaded_at_query'])

/** Descriptions are rendered with `doc`, tests with their own context, the query of a source when it is asked. */
export const keepsTemplates = (key: string): boolean => renderedLater.has(key)

/** Nearly no entry has a template, and a project has thousands of entries: those are not copied. */
function changesWhenRendered(value: unknown): boolean {
  if (typeof value === 'string') return holdsJinja(value) || value.endsWith('\n')
  if (Array.isArray(value)) return value.some(changesWhenRendered)
  if (!isMapping(value)) return false
  for (const key in value) if (!keepsTemplates(key) && changesWhenRendered(value[key])) return true
  return false
}

/** One template whose value keeps its type, with Python values as they are. */
export function evaluateYaml(source: string, context: Context, file: string): unknown {
  const value = yamlEnvironment.compile({ name: file, source }).evaluateSync(context)
  checkType(source, value)
  return value instanceof PlainText ? value.text : value
}
