import { isAbsolute, join } from 'node:path'
import { profilesFolder } from '../project/profile.js'
import type { DbtCore } from './contract.js'

export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
}

/** A path is meant from the folder of the project; a bare name is looked for where the shell looks. */
export function commandLine({ command, programsDir }: DbtCore, args: readonly string[]): CommandLine {
  const [file = 'dbt', ...words] = command
  return { file: file.includes('/') && !isAbsolute(file) ? join(programsDir, file) : file, args: [...words, ...args] }
}

/** What every command of dbt takes that works on the project. */
export const projectArguments = ({ profile, target }: DbtCore): string[] => [
  ...(profile === undefined ? [] : ['--profile', profile]),
  ...(target === undefined ? [] : ['--target', target]),
]

/** Ours alone: with them one reaches the store. */
const kept = new Set(['MILLRACE_METASTORE_URL', 'MILLRACE_ENCRYPTION_KEY'])

/** The environment in which a person would start dbt in the folder of the project. */
export function dbtEnvironment({ env, projectDir }: Pick<DbtCore, 'env' | 'projectDir'>): Record<string, string> {
  const own = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...Object.fromEntries(own.filter(([name]) => !kept.has(name))),
    DBT_PROJECT_DIR: projectDir,
    DBT_PROFILES_DIR: profilesFolder({ projectDir, env }),
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    // It says what happens when it happens.
    PYTHONUNBUFFERED: '1',
  }
}

/** The same for a dbt whose log is read, and whose artifacts have a folder of their own. */
export const recordedEnvironment = (
  dbt: DbtCore,
  folder: { readonly target: string; readonly logs: string },
): Record<string, string> => ({
  ...dbtEnvironment(dbt),
  DBT_LOG_FORMAT: 'json',
  // What became of a node with all that dbt knows of it is said on this level.
  DBT_LOG_LEVEL: 'debug',
  DBT_USE_COLORS: 'false',
  DBT_TARGET_PATH: folder.target,
  DBT_LOG_PATH: folder.logs,
  DBT_WRITE_JSON: 'true',
  DBT_PARTIAL_PARSE: 'true',
})
