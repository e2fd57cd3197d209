import { MillraceError, type SourceLocation, valueAt } from '../../../base/index.js'
import { hookKey } from '../../context/written-config.js'
import { isMapping, type Path } from '../../project/yaml-file.js'
import type { ConfigRequest, ProjectConfigs } from '../configs/project-configs.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'

/** Where the configs of something may be written. */
export interface ConfigSources extends Pick<ConfigRequest, 'type' | 'fqn' | 'own'> {
  readonly property?: Pick<Property, 'values' | 'locate'> | undefined
  /** Lead to the levels of the entry that hold configs, the most specific first; its `config:` and itself where nothing is said. */
  readonly levels?: readonly Path[]
  /** The code that may set some by `config()`. */
  readonly file?: string
  readonly line?: number
  readonly code?: string
}

const levelsOfEntry: readonly Path[] = [['config'], []]

/** Where a config is written: in its entry, in its file or in a dbt_project.yml; `path` leads to it, or into it. */
export function placeOfConfig(
  configs: Pick<ProjectConfigs, 'placeOf'>,
  path: Path,
  sources: ConfigSources,
): SourceLocation | undefined {
  const name = String(path[0]).replace('-', '_')
  return (
    inEntry(path, sources) ??
    inCode(new RegExp(`\\bconfig\\b[^]*?\\b(?=${name}['"]?\\s*[=:])`), sources) ??
    configs.placeOf(sources, path) ??
    inCode(new RegExp(name), sources)
  )
}

/** What is wrong in a config is told where that is written, unless the error knows already. */
export function locatingConfig<T>({ configs }: Pick<ParseScope, 'configs'>, sources: ConfigSources, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    const path = thrown instanceof MillraceError ? thrown.data?.config : undefined
    if (!Array.isArray(path)) throw thrown
    throw Object.assign(thrown as MillraceError, {
      at: (thrown as MillraceError).at ?? placeOfConfig(configs, path as Path, sources),
    })
  }
}

function inEntry(
  [first, ...rest]: Path,
  { property, levels = levelsOfEntry }: ConfigSources,
): SourceLocation | undefined {
  if (!property) return undefined
  const written = levels.flatMap((level): Path[] => {
    const values = valueAt(property.values, level)
    const key = isMapping(values) ? Object.keys(values).find((name) => hookKey(name) === first) : undefined
    return key === undefined ? [] : [[...level, key]]
  })
  // Of mappings that are merged, the one that holds what is wrong.
  const holder = written.find((path) => valueAt(property.values, [...path, ...rest]) !== undefined) ?? written[0]
  return holder && property.locate([...holder, ...rest])
}

/** Where the match ends: what comes before it leads to the place. */
function inCode(pattern: RegExp, { code = '', file, line = 1 }: ConfigSources): SourceLocation | undefined {
  const found = file === undefined ? null : pattern.exec(code)
  if (file === undefined || !found) return undefined
  const before = code.slice(0, found.index + found[0].length)
  return { file, line: line + before.split('\n').length - 1 }
}
