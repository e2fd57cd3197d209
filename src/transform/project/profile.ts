import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { didYouMean, registerSecretsIn, type SourceLocation, toMillraceError } from '../../base/index.js'
import { repr } from '../../jinja/index.js'
import { engineOf, engineTypes } from '../adapter/engines/index.js'
import type { ProfileTarget, ProjectOptions } from '../contract.js'
import { transformErrors } from '../errors.js'
import type { EventSink } from '../log/event-sink.js'
import { readDbtProject } from './dbt-project.js'
import { settingsRenderer } from './render.js'
import { isMapping, isTemplateAt, type Path, readMappingFile } from './yaml-file.js'

export interface ProfileRequest extends ProjectOptions {
  readonly threads?: number | undefined
  readonly events?: EventSink | undefined
}

/**
 * One target of profiles.yml, with its Jinja rendered. The file is looked for in --profiles-dir, DBT_PROFILES_DIR, the
 * project and ~/.dbt, in this order.
 * @throws TRANSFORM_PROFILE_INVALID, TRANSFORM_VAR_MISSING
 */
export function readProfileTarget(request: ProfileRequest): ProfileTarget {
  const { env, vars } = request
  const profileName =
    request.profile ??
    env.DBT_PROFILE ??
    readDbtProject(request.projectDir, { env, vars, ignoresDbtVersion: true }).profile
  if (profileName === undefined)
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: 'The project names no profile.',
      at: { file: join(request.projectDir, 'dbt_project.yml'), line: 1 },
      hint: 'Add `profile: <name>` to dbt_project.yml, or pass --profile.',
    })
  const path = findProfiles(request)
  const document = readMappingFile(path, path, 'TRANSFORM_PROFILE_INVALID')
  const { mapping, locate } = document
  const profile = mapping[profileName]
  if (isMapping(profile) && profile.outputs && !isMapping(profile.outputs))
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: `The outputs of the profile '${profileName}' are no mapping.`,
      at: locate([profileName, 'outputs']),
      hint: 'Write each output as a key, with its settings below it: `outputs: { dev: { type: duckdb } }`.',
    })
  const others = Object.keys(mapping).filter((key) => key !== 'config')
  if (!isMapping(profile) || !isMapping(profile.outputs))
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: `Could not find profile named '${profileName}' with outputs in ${path}.`,
      at: locate([profileName]),
      hint: `${didYouMean(profileName, others) ?? ''} Its profiles: ${others.join(', ') || 'none'}.`.trim(),
    })
  const render = settingsRenderer(request.env, path, { vars: request.vars, allowsSecrets: true })
  const named = request.target ?? request.env.DBT_TARGET ?? profile.target
  const targetName = named === undefined ? 'default' : String(render(named, document))
  if (named === undefined)
    request.events?.fire('MissingProfileTarget', { profile_name: profileName, target_name: targetName })
  const output = profile.outputs[targetName]
  if (!isMapping(output))
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: `The profile '${profileName}' does not have a target named '${targetName}'. The valid target names for this profile are:\n${Object.keys(
        profile.outputs,
      )
        .map((name) => ` - ${name}`)
        .join('\n')}`,
      at: locate([profileName, 'outputs']),
      hint: `${didYouMean(targetName, Object.keys(profile.outputs)) ?? ''} Name one of these with --target, or as \`target\` of the profile.`.trim(),
    })
  // A password may look like a template without being one.
  const rendered = (key: string, value: unknown): unknown => {
    try {
      return render(value, document)
    } catch (thrown) {
      if (key !== 'password' || toMillraceError(thrown).code !== 'JINJA_SYNTAX') throw thrown
      return value
    }
  }
  const credentials = Object.fromEntries(Object.entries(output).map(([key, value]) => [key, rendered(key, value)]))
  registerSecretsIn(credentials)
  const place = {
    projectDir: request.projectDir,
    locate: (key: string) => locate([profileName, 'outputs', targetName, ...(key in output ? [key] : [])]),
    isTemplate: (path: Path) => isTemplateAt(output, path),
  }
  const type = typeOf(credentials.type, { profileName, targetName }, () => place.locate('type'))
  return {
    profileName,
    targetName,
    type,
    threads: threadsOf(request.threads, credentials.threads, () => place.locate('threads')),
    ...engineOf(type).readOutput(credentials, place),
  }
}

/** @throws TRANSFORM_PROFILE_INVALID for a type of warehouse that is not here */
function typeOf(
  written: unknown,
  { profileName, targetName }: Pick<ProfileTarget, 'profileName' | 'targetName'>,
  locate: () => SourceLocation,
): string {
  if (typeof written === 'string' && engineTypes.includes(written)) return written
  const isMissing = written === undefined || written === null
  const meant = isMissing ? undefined : didYouMean(String(written), engineTypes)
  throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
    message: isMissing
      ? `required field "type" not found in profile ${profileName} and target ${targetName}`
      : `Credentials in profile "${profileName}", target "${targetName}" invalid: Could not find adapter type ${String(written)}!`,
    at: locate(),
    hint: `${meant ?? ''} Types that work: ${engineTypes.join(', ')}.`.trim(),
  })
}

/** @throws TRANSFORM_USAGE, TRANSFORM_PROFILE_INVALID for what is no number of threads: nothing would ever run */
function threadsOf(flag: number | undefined, written: unknown, locate: () => SourceLocation): number {
  const given = flag ?? written ?? 1
  const count = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1) return count
  if (flag !== undefined)
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `Invalid value for '--threads': ${flag} is not in the range x>=1.`,
      hint: 'For example --threads 4.',
    })
  throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
    message: `at path ['threads']: ${repr(written)} ${typeof written === 'number' && Number.isInteger(written) ? 'is less than 1' : "is not of type 'integer'"}`,
    at: locate(),
    hint: 'Write how many nodes may run at once, for example `threads: 4`.',
  })
}

/** Where profiles.yml may lie: the first folder that holds one counts. */
function profileFolders({ projectDir, profilesDir, env }: ProfileRequest): string[] {
  const named = [profilesDir, env.DBT_PROFILES_DIR].find((dir) => dir !== undefined && dir !== '')
  return named === undefined ? [resolve(projectDir), join(homedir(), '.dbt')] : [resolve(projectDir, named)]
}

const holdsProfiles = (folder: string) => existsSync(join(folder, 'profiles.yml'))

/** The folder with profiles.yml, or where it is expected when there is none. */
export function profilesFolder(request: ProfileRequest): string {
  const folders = profileFolders(request)
  return folders.find(holdsProfiles) ?? (folders.at(-1) as string)
}

/** Where a folder is named, profiles.yml lies there or nowhere. @throws TRANSFORM_PROFILE_INVALID */
export function findProfiles(request: ProfileRequest): string {
  const folders = profileFolders(request)
  const found = folders.find(holdsProfiles)
  if (found !== undefined) return join(found, 'profiles.yml')
  throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
    message: 'Could not find a profiles.yml.',
    hint: `It was looked for in ${folders.join(', ')}. Put one beside dbt_project.yml, or name its folder with --profiles-dir.`,
  })
}
