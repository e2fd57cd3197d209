import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The folder with a dbt_project.yml: this one, or the nearest above it. */
export function nearestProject(folder: string): string | undefined {
  for (let dir = resolve(folder); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'dbt_project.yml'))) return dir
    if (dir === dirname(dir)) return undefined
  }
}

/** The folder that a command works in: the one that was named, or the project around the current one. */
export const projectFolder = (named: string | undefined, cwd: string): string =>
  named === undefined ? (nearestProject(cwd) ?? resolve(cwd)) : resolve(cwd, named)
