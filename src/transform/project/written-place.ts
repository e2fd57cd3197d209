import { join } from 'node:path'
import { codeFrame, type MillraceError } from '../../base/index.js'
import type { ManifestNode, ManifestResource } from '../contract.js'
import type { DbtPackage } from './dbt-project.js'
import { type Path, pathOf, readYamlFileIfExists } from './yaml-file.js'

/*
 * Where texts of YAML files are written that fail long after those were read. The files are read again for it: such texts are
 * many, and errors few.
 */

type Package = Pick<DbtPackage, 'name' | 'dir'>

export interface HookScope {
  readonly packages: readonly Package[]
  /** On which line of its file each node's code begins. */
  readonly firstLines: ReadonlyMap<string, number>
}

/** Tells an error of a node's hook where the hook is written: in the node's file, in its properties file or in a dbt_project.yml. */
export function inHook(
  error: MillraceError,
  hook: string,
  node: ManifestNode,
  { packages, firstLines }: HookScope,
): MillraceError {
  const { raw_code: code = '', original_file_path: file } = node
  // In quotes: the same words may be part of the node's SQL.
  const start = [`'${hook}'`, `"${hook}"`].map((text) => code.indexOf(text)).find((at) => at >= 0)
  if (start !== undefined) {
    const firstLine = firstLines.get(node.unique_id) ?? 1
    const line = code.slice(0, start).split('\n').length + (error.at?.line ?? 1) - 1
    return Object.assign(error, {
      at: { file, line: firstLine + line - 1 },
      frame: codeFrame(code, line, undefined, firstLine),
    })
  }
  const [root] = packages
  const settings = [root, packageOf(node.package_name, packages)].flatMap((from) =>
    from ? [{ from, file: 'dbt_project.yml' }] : [],
  )
  for (const { from, file } of [...patchFile(node, packages), ...settings]) {
    const keys = placeIn(error, [hook], from, file, packages, isHook)
    const hint = [error.hint ?? [], `The hook stands below ${keys?.join('.')}.`].flat().join('\n')
    if (keys) return Object.assign(error, { hint })
  }
  return error
}

/** Tells an error of a test's argument where that is written, in one of these spellings. */
export function inArgument(
  error: MillraceError,
  spellings: readonly string[],
  node: ManifestNode,
  packages: readonly Package[],
): MillraceError {
  const from = packageOf(node.package_name, packages)
  if (from) placeIn(error, spellings, from, node.original_file_path, packages)
  return error
}

/** Tells an error of what a properties file says where in that it is: `find` leads there from the file's top. */
export function inProperties(
  error: MillraceError,
  { package_name, original_file_path: file }: Pick<ManifestResource, 'package_name' | 'original_file_path'>,
  packages: readonly Package[],
  find: (entries: Readonly<Record<string, unknown>>) => Path | undefined,
): MillraceError {
  const from = packageOf(package_name, packages)
  const document = from && documentOf(from, file, packages)
  const keys = document && find(document.mapping)
  return keys ? Object.assign(error, document.show(keys)) : error
}

/** The properties file that describes a node. */
export function patchDocument(node: Pick<ManifestNode, 'patch_path'>, packages: readonly Package[]) {
  const [patch] = patchFile(node, packages)
  return patch && documentOf(patch.from, patch.file, packages)
}

/** A YAML file of a package, which is shown by its path from the root project. */
const documentOf = (from: Package, file: string, packages: readonly Package[]) =>
  readYamlFileIfExists(join(from.dir, file), from === packages[0] ? file : join(from.name, file))

/** Whether keys lead to a hook: a description may say the same. */
const isHook = (path: Path) => path.some((key) => /^\+?(?:pre|post)[-_]hook$|^on-run-(?:start|end)$/.test(String(key)))

const packageOf = (wanted: string | undefined, packages: readonly Package[]) =>
  packages.find(({ name }) => name === wanted)

function patchFile({ patch_path }: Pick<ManifestNode, 'patch_path'>, packages: readonly Package[]) {
  const [name, file] = patch_path?.split('://') ?? []
  const from = packageOf(name, packages)
  return from && file !== undefined ? [{ from, file }] : []
}

/** The keys that lead to the first of the texts that stands in the file; the error then says so. */
function placeIn(
  error: MillraceError,
  texts: readonly string[],
  from: Package,
  file: string,
  packages: readonly Package[],
  accepts?: (path: Path) => boolean,
) {
  const document = documentOf(from, file, packages)
  const keys = document && texts.map((text) => pathOf(document.value, text, accepts)).find((path) => path !== undefined)
  if (keys) Object.assign(error, document.show(keys))
  return keys
}
