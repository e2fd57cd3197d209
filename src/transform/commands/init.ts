import { existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { MillraceError, makeFolder } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import { readDbtProject } from '../project/dbt-project.js'
import { nearestProject } from '../project/nearest-project.js'
import { readYamlFile } from '../project/yaml-file.js'
import { type Ask, askFor, askForOne } from '../starter/ask.js'
import { profileTemplates, readProfileTemplate, targetFromAnswers, writeProfile } from '../starter/profile-template.js'
import { writeStarterProject } from '../starter/starter-project.js'
import { debug } from './debug.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'

/** Names of projects that macros come from already. */
const takenNames = new Set(['dbt', 'dbt_duckdb', 'dbt_postgres'])
const isName = (name: string) => /^[A-Za-z_]\w*$/.test(name) && !takenNames.has(name)

/**
 * A new project with a profile; inside of a project the profile only. `init NAME --skip-profile-setup` and `init NAME --profile X` ask nothing.
 * The profile is asked for when the project is there, so that nothing is left behind of a project that could not be made.
 */
export const init: DbtCommand = async (invocation) => {
  const { flags, io, rest, log } = invocation
  const setup = new Setup(invocation)
  const inside = nearestProject(invocation.projectDir)
  if (inside !== undefined) {
    if (flags.profile !== undefined)
      throw transformErrors.create('TRANSFORM_COMMAND', {
        message: 'Can not init existing project with specified profile, edit dbt_project.yml instead',
        hint: `This folder belongs to the project in ${inside}.`,
      })
    if (flags.skipProfileSetup) return 0
    const { profile } = readDbtProject(inside, { env: io.env, ignoresDbtVersion: true })
    if (profile === undefined)
      throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
        message: 'The project names no profile.',
        at: { file: join(inside, 'dbt_project.yml'), line: 1 },
        hint: 'Add `profile: <name>` to it.',
      })
    await setup.profile(profile, inside)
    await setup.check(inside)
    return 0
  }
  if (flags.profile !== undefined) setup.mustHave(flags.profile)
  const name = await setup.projectName(rest[0])
  const dir = resolve(io.cwd, name)
  if (existsSync(dir)) {
    log.fire('ProjectNameAlreadyExists', { name })
    invocation.info(whatToDo(dir, name))
    return 0
  }
  log.fire('StarterProjectPath', { dir })
  writeStarterProject(dir, name, flags.profile ?? name)
  if (flags.profile === undefined && !flags.skipProfileSetup) await setup.profile(name, dir)
  const isFine = flags.profile === undefined && flags.skipProfileSetup ? true : await setup.check(dir)
  log.fire('ProjectCreated', { project_name: name, path: dir, docs_url: docsUrl })
  if (!isFine) invocation.info('Your profile may need adjustments: above is what `dbt debug` found.')
  return 0
}

/** A former `init` may have ended before the project was complete, or before its profile was. */
function whatToDo(dir: string, name: string): string {
  if (!statSync(dir).isDirectory()) return `${name} is a file. Move it away, or take another name.`
  if (existsSync(join(dir, 'dbt_project.yml')))
    return `Its profile is set up with \`cd ${name}\` and \`dbt init\` there; \`dbt debug\` says what is missing.`
  const files = readdirSync(dir)
  return files.length === 0
    ? `The folder ${name} is empty: remove it (\`rmdir ${name}\`) and begin again.`
    : `The folder ${name} has no dbt_project.yml, so it is no project, or half of one: move it away and begin again.`
}

const docsUrl = 'https://docs.getdbt.com/docs/configure-your-profile'

class Setup {
  readonly #invocation: CommandInvocation
  readonly #profiles: string

  constructor(invocation: CommandInvocation) {
    const { flags, io } = invocation
    const named = flags.profilesDir ?? io.env.DBT_PROFILES_DIR
    const hasOwn = existsSync(join(io.cwd, 'profiles.yml'))
    const folder = named ? resolve(io.cwd, named) : hasOwn ? io.cwd : join(homedir(), '.dbt')
    this.#invocation = invocation
    this.#profiles = join(folder, 'profiles.yml')
    if (existsSync(folder)) return
    invocation.log.fire('ConfigFolderDirectory', { dir: folder })
    makeFolder(folder)
  }

  readonly #ask: Ask = async (question, options) => this.#invocation.io.ask?.(question, options)

  readonly #tell = (line: string) => this.#invocation.io.stdout(line)

  /** @throws TRANSFORM_PROFILE_INVALID */
  mustHave(profile: string): void {
    if (Object.hasOwn(this.#known(), profile)) return
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: `Could not find profile named '${profile}'`,
      hint: `It was looked for in ${this.#profiles}. Without --profile one is made.`,
    })
  }

  /** The name of the command line if it is one, or what is answered until it is one. */
  async projectName(given: string | undefined): Promise<string> {
    let name = given
    while (name === undefined || !isName(name)) {
      if (name !== undefined) this.#tell(`${name} is not a valid project name.`)
      const text = 'Enter a name for your project (letters, digits, underscore)'
      name = String(await askFor(this.#ask, this.#tell, { text }))
    }
    return name
  }

  /** Asks for a target and writes it into profiles.yml; the project's own template says what is asked, if it has one. */
  async profile(name: string, projectDir: string): Promise<void> {
    const { log } = this.#invocation
    log.fire('SettingUpProfile', {})
    if (Object.hasOwn(this.#known(), name)) {
      const text = `The profile ${name} already exists in ${this.#profiles}. Continue and overwrite it?`
      if ((await askFor(this.#ask, this.#tell, { text, type: 'bool', default: 'y/N' })) !== true) return
    }
    const told = { name, path: this.#profiles }
    const own = join(projectDir, 'profile_template.yml')
    if (existsSync(own))
      try {
        writeProfile(this.#profiles, name, await targetFromAnswers(readProfileTemplate(own), this.#ask, this.#tell))
        log.fire('ProfileWrittenWithProjectTemplateYAML', told)
        return
      } catch (thrown) {
        if (!(thrown instanceof MillraceError) || thrown.code !== 'TRANSFORM_YAML_INVALID') throw thrown
        log.fire('InvalidProfileTemplateYAML', {})
        this.#invocation.info(thrown.message)
      }
    const templates = profileTemplates(name)
    const texts = { before: 'Which database would you like to use?', prompt: '\nEnter a number' }
    const engine = await askForOne(this.#ask, this.#tell, texts, Object.keys(templates) as (keyof typeof templates)[])
    writeProfile(this.#profiles, name, await targetFromAnswers(templates[engine], this.#ask, this.#tell))
    log.fire('ProfileWrittenWithTargetTemplateYAML', told)
  }

  /** What `dbt debug` says of it; its failure does not undo what was made. */
  async check(projectDir: string): Promise<boolean> {
    const { flags } = this.#invocation
    if (flags.skipDebug) return true
    this.#invocation.info('Running dbt debug to validate the project...')
    const { profile: _, ...others } = flags
    const its = { ...others, projectDir, profilesDir: dirname(this.#profiles) }
    const code = await debug(this.#invocation.again(['debug'], its))
    return code === 0
  }

  #known(): Record<string, unknown> {
    return existsSync(this.#profiles) ? readYamlFile(this.#profiles, this.#profiles).mapping : {}
  }
}
