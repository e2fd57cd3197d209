import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isMapping, readYaml } from '../base/index.js'

/** Where the parts of a project lie, for commands that only look at its files: they need not wait for all that knows a project. */
export interface ProjectFiles {
  readonly dir: string
  /** The folder or the file that a setting of millrace.yaml names, where it names one. */
  path(setting: string, usual: string): string
}

/** Those of the nearest project; undefined where there is none. A broken millrace.yaml says nothing. */
export function projectFiles(start: string): ProjectFiles | undefined {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    const file = join(dir, 'millrace.yaml')
    if (existsSync(file)) {
      const settings = settingsIn(file)
      return {
        dir,
        path: (setting, usual) => {
          const value = settings[setting]
          return resolve(dir, typeof value === 'string' ? value : usual)
        },
      }
    }
    if (dirname(dir) === dir) return undefined
  }
}

/** Of the project's connections; those connectors lie there that were added to it. */
export const connectionsFolder = (files: ProjectFiles): string => files.path('extract_load', 'extract_load')

function settingsIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const { value } = readYaml(readFileSync(file, 'utf8'), file)
    return isMapping(value) ? value : {}
  } catch {
    return {}
  }
}
