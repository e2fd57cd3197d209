import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type MillraceError, plural, toMillraceError, visibleSettings } from '../../base/index.js'
import { withConnection } from '../../warehouse/index.js'
import type { ProfileTarget } from '../contract.js'
import { dbtVersion } from '../dbt-version.js'
import { green, red } from '../log/paint.js'
import { readDbtProject } from '../project/dbt-project.js'
import { tellOfDeprecatedSettings } from '../project/deprecated-settings.js'
import { findProfiles, profilesFolder, readProfileTarget } from '../project/profile.js'
import { yamlMapping } from './flags/flags.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'

/**
 * Whether project, profile and database are what they should be. A check that fails is told and does not stop the others; the
 * project itself is not parsed: a broken model has nothing to do with it.
 */
export const debug: DbtCommand = async (invocation) => {
  const checks = new Checks(invocation)
  if (invocation.flags.configDir) return checks.showFolder()
  checks.print(`dbt version: ${dbtVersion}`)
  checks.print(`node version: ${process.versions.node}`)
  if (invocation.flags.connection) checks.print('Skipping steps before connection verification')
  const target = checks.profile()
  if (!invocation.flags.connection) checks.project()
  if (target) await checks.connection(target)
  return checks.end()
}

const openCommand = { darwin: 'open', win32: 'start' }[process.platform as string] ?? 'xdg-open'

class Checks {
  readonly #invocation: CommandInvocation
  readonly #failures: string[] = []

  constructor(invocation: CommandInvocation) {
    this.#invocation = invocation
  }

  print(msg: string): void {
    this.#invocation.log.fire('DebugCmdOut', { msg })
  }

  showFolder(): number {
    const profiles_dir = dirname(findProfiles(this.#invocation.profileRequest()))
    this.#invocation.log.fire('OpenCommand', { open_cmd: openCommand, profiles_dir })
    return 0
  }

  /** The target of the profile, unless there is something wrong with it. */
  profile(): ProfileTarget | undefined {
    const request = this.#invocation.profileRequest()
    this.print(`Using profiles.yml file at ${join(profilesFolder(request), 'profiles.yml')}`)
    try {
      findProfiles(request)
    } catch (thrown) {
      const { profilesDir } = this.#invocation.flags
      const where =
        profilesDir === undefined ? '' : `dbt looked for a profiles.yml file in ${profilesDir}, but did not find one.\n`
      this.#fail('profiles.yml file', '[ERROR not found]', toMillraceError(thrown), where)
      return undefined
    }
    try {
      const target = readProfileTarget(request)
      this.print(`adapter type: ${target.type}`)
      this.print('  profiles.yml file [OK found and valid]')
      return target
    } catch (thrown) {
      this.#fail(
        'profiles.yml file',
        '[ERROR invalid]',
        toMillraceError(thrown),
        'Profile loading failed for the following reason:\n',
      )
      return undefined
    }
  }

  project(): void {
    const { projectDir, io, flags } = this.#invocation
    tellOfDeprecatedSettings(projectDir, this.#invocation.log)
    this.print(`Using dbt_project.yml file at ${join(projectDir, 'dbt_project.yml')}`)
    try {
      readDbtProject(projectDir, { env: io.env, vars: yamlMapping(flags.vars, '--vars') })
      this.print('  dbt_project.yml file [OK found and valid]')
    } catch (thrown) {
      const isThere = existsSync(join(projectDir, 'dbt_project.yml'))
      const reason = 'Project loading failed for the following reason:\n'
      this.#fail(
        'dbt_project.yml file',
        isThere ? '[ERROR invalid]' : '[ERROR not found]',
        toMillraceError(thrown),
        reason,
      )
    }
  }

  async connection(target: ProfileTarget): Promise<void> {
    const { io } = this.#invocation
    this.print('Connection:')
    for (const [key, value] of Object.entries(visibleSettings(target.credentials)))
      if (typeof value !== 'object' || value === null) this.print(`  ${key}: ${String(value)}`)
    try {
      const warehouse = await io.openWarehouse(target)
      try {
        await withConnection(warehouse, (connection) => connection.query('select 1', { signal: io.signal }))
      } finally {
        await warehouse.close()
      }
      this.print('  Connection test: [OK connection ok]')
    } catch (thrown) {
      const reason = 'dbt was unable to connect to the specified database.\n'
      this.#fail('Connection test', '[ERROR]', toMillraceError(thrown), reason, ': ')
    }
  }

  /** The exit code. */
  end(): number {
    const { log } = this.#invocation
    const count = this.#failures.length
    const msg = count === 0 ? green('All checks passed!') : red(`${plural(count, 'check')} failed:`)
    log.fire('DebugCmdResult', { msg })
    for (const failure of this.#failures) log.fire('DebugCmdResult', { msg: failure })
    return count === 0 ? 0 : 1
  }

  #fail(what: string, status: string, error: MillraceError, reason: string, separator = ' '): void {
    this.print(`  ${what}${separator}${status}`)
    this.#failures.push(`${reason}${error.message}${error.hint === undefined ? '' : `\nHint: ${error.hint}`}\n`)
  }
}
