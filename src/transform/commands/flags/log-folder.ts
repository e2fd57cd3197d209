import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { earlySettings } from '../../project/early-settings.js'
import { settingsRenderer } from '../../project/render.js'
import { asText } from '../../project/yaml-file.js'
import type { DbtFlags } from './dbt-flags.js'

/** Of logs/dbt.log, when `--log-file-max-bytes` says nothing. */
export const defaultLogFileBytes = 10 * 1024 * 1024

interface Process {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Beside dbt_project.yml; where there is no project nobody asked for a folder. */
export function logFolder({ logPath, projectDir = '.' }: DbtFlags, { cwd, env }: Process): string | undefined {
  if (logPath !== undefined) return isAbsolute(logPath) ? logPath : resolve(cwd, logPath)
  const project = resolve(cwd, projectDir)
  const file = join(project, 'dbt_project.yml')
  if (!existsSync(file)) return undefined
  return resolve(project, ownLogPath(file, env))
}

/** `log-path` of dbt_project.yml. What is wrong with the file is said when it is read for good. */
function ownLogPath(file: string, env: Process['env']): string {
  try {
    return asText(settingsRenderer(env, file)(earlySettings(file, ['log-path'])['log-path'])) || 'logs'
  } catch {
    return 'logs'
  }
}
