import { resolve } from 'node:path'
import { isWithin } from '../../base/index.js'
import type { DbtPackage } from './dbt-project.js'

/**
 * The source path (or the project itself) that a folder is, holds or lies in: to remove the folder would be to remove
 * the user's own files. A source path that holds the whole project says nothing about a folder of it.
 */
export function sourcePathAt(folder: string, { dir, paths }: DbtPackage): string | undefined {
  const sources = Object.values(paths).flatMap((list) => list.map((one) => resolve(dir, one)))
  const holdsFolder = (one: string) => !isWithin(one, dir) && isWithin(one, folder)
  return [resolve(dir), ...sources].find((one) => isWithin(folder, one) || holdsFolder(one))
}
