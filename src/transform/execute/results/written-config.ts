import { type MillraceError, type SourceLocation, valueAt } from '../../../base/index.js'
import type { ManifestNode } from '../../contract.js'
import { ProjectConfigs } from '../../parse/configs/project-configs.js'
import { placeOfConfig } from '../../parse/nodes/config-place.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { projectFile } from '../../project/project-file.js'
import { patchDocument } from '../../project/written-place.js'
import { isMapping, type Path } from '../../project/yaml-file.js'

type Project = Pick<ParsedProject, 'root' | 'packages' | 'firstLines'>

/**
 * Tells an error of a node that names a config (`data.config`, the path to it) or a column of its contract (`data.column`)
 * where that is written. The files are read again for it: errors are few.
 */
export function inConfig(error: MillraceError, node: ManifestNode, project: Project): MillraceError {
  const { config, column } = error.data ?? {}
  if (error.at?.line !== undefined) return error
  const at = Array.isArray(config)
    ? placeIn(config as Path, node, project)
    : typeof column === 'string'
      ? placeOfColumn(column, node, project)
      : undefined
  return at ? Object.assign(error, { at }) : error
}

function placeIn(path: Path, node: ManifestNode, project: Project): SourceLocation | undefined {
  const { packages, root, firstLines } = project
  const own = packages.find(({ name }) => name === node.package_name)
  if (!own) return undefined
  const entry = entryOf(node, project)
  const configs = new ProjectConfigs(
    root,
    (value) => value,
    (place, of) => projectFile(of, root).locate(place),
  )
  return placeOfConfig(configs, path, {
    type: node.resource_type,
    fqn: node.fqn,
    own,
    ...(entry && {
      property: entry,
      levels: [...entry.versions.map((version) => [...version, 'config']), ['config'], []],
    }),
    file: node.original_file_path,
    line: firstLines.get(node.unique_id) ?? 1,
    code: node.raw_code,
  })
}

/** The column's entry; what the contract does not name is missing below its `columns`. */
function placeOfColumn(column: string, node: ManifestNode, project: Project): SourceLocation | undefined {
  const entry = entryOf(node, project)
  if (!entry) return undefined
  const lists = [...entry.versions, []].map((level): Path => [...level, 'columns'])
  for (const path of lists) {
    const columns = valueAt(entry.values, path)
    const index = Array.isArray(columns)
      ? columns.findIndex((one) => isMapping(one) && String(one.name).toLowerCase() === column.toLowerCase())
      : -1
    if (index >= 0) return entry.locate([...path, index, 'name'])
  }
  const list = lists.find((path) => valueAt(entry.values, path) !== undefined)
  return entry.locate(list ?? ['name'])
}

/** The node's entry in a properties file, with what leads to the one of its version in it. */
function entryOf(node: ManifestNode, { packages }: Project) {
  const { resource_type, name, version = null } = node
  const document = patchDocument(node, packages)
  const kind = `${resource_type}s`
  const entries = document?.mapping[kind]
  const index = Array.isArray(entries) ? entries.findIndex((one) => isMapping(one) && one.name === name) : -1
  const values: unknown = index < 0 ? undefined : (entries as readonly unknown[])[index]
  if (!document || !isMapping(values)) return undefined
  const all = Array.isArray(values.versions) ? values.versions : []
  const ofVersion = all.findIndex((one) => isMapping(one) && String(one.v) === String(version))
  return {
    values,
    versions: ofVersion < 0 ? [] : [['versions', ofVersion] as Path],
    locate: (path: Path) => document.locate([kind, index, ...path]),
  }
}
