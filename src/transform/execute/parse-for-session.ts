import { isAbsolute, join } from 'node:path'
import type { OpenSessionOptions } from '../contract.js'
import { type ParsedProject, parseProject } from '../parse/parse-project.js'
import type { DbtPackage } from '../project/dbt-project.js'

/** The project that a session is opened on. Its nodes are as they were parsed until one is compiled: before that it has to `keep`. */
export function parseForSession(options: Omit<OpenSessionOptions, 'openWarehouse'>): ParsedProject {
  const path = (root: DbtPackage) => join(targetDirOf(root, options), 'partial_parse.millrace')
  return parseProject({ ...options, cache: { path, isKeptLater: true } })
}

/** Where artifacts and compiled SQL go. */
export function targetDirOf(
  root: DbtPackage,
  {
    targetPath,
    env,
  }: { readonly targetPath?: string | undefined; readonly env?: OpenSessionOptions['env'] | undefined },
): string {
  const path = targetPath ?? env?.DBT_TARGET_PATH ?? root.targetPath
  return isAbsolute(path) ? path : join(root.dir, path)
}
