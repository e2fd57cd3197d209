import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import {
  durationHint,
  interpolateEnv,
  invalidSetting,
  parseDuration,
  readText,
  readYaml,
  registerSecret,
  registerSecretsOf,
  registerSecretVariables,
  type YamlDocument,
} from '../../base/index.js'
import type { AlertSettings, RunLimits } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { airbyteServers } from './airbyte-settings.js'
import { launcherSettings } from './launcher-settings.js'
import type { ProjectFile } from './settings.js'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Finds millrace.yaml in `startDir` or the nearest folder above it, and reads it.
 * @throws PROJECT_NOT_FOUND, PROJECT_INVALID (with line and column), ENV_MISSING
 */
export async function findProject(startDir: string, { env }: { env: Env }): Promise<Project> {
  registerSecretsOf(env)
  registerSecretVariables(env)
  for (let dir = resolve(startDir); ; dir = dirname(dir)) {
    const file = join(dir, 'millrace.yaml')
    if (existsSync(file)) return readProject(file, env)
    if (dirname(dir) === dir) break
  }
  const isDbtProject = existsSync(join(resolve(startDir), 'dbt_project.yml'))
  throw platformErrors.create('PROJECT_NOT_FOUND', {
    message: `There is no millrace.yaml in ${resolve(startDir)} or in any folder above it.`,
    hint: isDbtProject
      ? 'This is a dbt project: put a millrace.yaml of two lines beside it, `name: my_stack` and `dbt: .`. `millrace dbt …` works without.'
      : 'Change into a project, name one with --project-dir or the environment variable MILLRACE_PROJECT_DIR, or make one with `millrace init my-stack`.',
  })
}

async function readProject(file: string, env: Env): Promise<Project> {
  const document = readYaml(readText(file), file)
  const value = interpolateEnv(document.value ?? {}, env, (path) => document.locate(path))
  const { projectSchema } = await import('./settings.js')
  const parsed = projectSchema.safeParse(value)
  if (!parsed.success) throw projectInvalid(projectSchema, value, parsed.error, document)
  const settings = parsed.data
  const dir = dirname(file)
  const optional = (path: string | undefined, fallback: string) => {
    if (path !== undefined) return resolve(dir, path)
    return existsSync(join(dir, fallback)) ? join(dir, fallback) : undefined
  }
  const dbt = settings.dbt ?? {}
  const dbtDir = optional(dbt.dir, 'transformation/dbt')
  if (dbtDir !== undefined && !existsSync(join(dbtDir, 'dbt_project.yml')))
    throw platformErrors.create('PROJECT_INVALID', {
      message: `\`dbt: ${dbt.dir ?? 'transformation/dbt'}\` has no dbt_project.yml.`,
      at: document.locate(['dbt']),
      hint: 'Name the folder that holds dbt_project.yml, relative to millrace.yaml.',
    })
  const definitionsFile = optional(settings.definitions, 'orchestration/definitions.ts')
  if (definitionsFile !== undefined && !existsSync(definitionsFile))
    throw platformErrors.create('PROJECT_INVALID', {
      message: `\`definitions: ${settings.definitions}\` does not exist.`,
      at: document.locate(['definitions']),
      hint: 'Name the TypeScript file that exports the definitions, relative to millrace.yaml, or remove the setting.',
    })
  return {
    name: settings.name,
    dir,
    stateDir: env.MILLRACE_STATE_DIR ? resolve(dir, env.MILLRACE_STATE_DIR) : join(dir, '.millrace'),
    extractLoadDir: resolve(dir, settings.extract_load ?? 'extract_load'),
    dbtDir,
    dbtCore: dbtCore(dbt, document),
    definitionsFile,
    airbyte: settings.airbyte && airbyteServers(settings.airbyte, document),
    warehouse: { profile: settings.warehouse?.profile, target: settings.warehouse?.target },
    metastoreUrl: await metastoreUrl(settings, env),
    server: {
      host: settings.server?.host ?? '127.0.0.1',
      port: settings.server?.port ?? 3000,
      airbytePort: settings.server?.airbyte_port ?? 8000,
      url: settings.server?.url?.replace(/\/+$/, ''),
      tls: settings.server?.tls && {
        certificate: resolve(dir, settings.server.tls.certificate),
        key: resolve(dir, settings.server.tls.key),
      },
      allowedHosts: settings.server?.allowed_hosts ?? [],
      editConnections: settings.server?.edit_connections,
    },
    maxConcurrentRuns: settings.max_concurrent_runs ?? 4,
    limits: runLimits(settings, document),
    launcher: launcherSettings(settings.runs?.launcher, document, dir),
    alerts: alertSettings(settings),
    retentionDays: { logs: settings.retention?.logs ?? 30, runs: settings.retention?.runs ?? 365 },
  }
}

function dbtCore(
  { engine = 'millrace', command }: NonNullable<ProjectFile['dbt']>,
  document: YamlDocument,
): Project['dbtCore'] {
  if (engine === 'dbt-core') {
    const words = typeof command === 'string' ? command.split(/\s+/).filter(Boolean) : (command ?? ['dbt'])
    const at = document.locate(command === undefined ? ['dbt', 'engine'] : ['dbt', 'command'])
    return { command: words.length === 0 ? ['dbt'] : words, at: { ...at, file: 'millrace.yaml' } }
  }
  if (command === undefined) return undefined
  throw platformErrors.create('PROJECT_INVALID', {
    message: '`dbt.command` names a dbt that nothing starts: the engine is Millrace itself.',
    ...document.show(['dbt', 'command']),
    hint: 'Add `engine: dbt-core` beside it, or remove it.',
  })
}

function runLimits({ pools = {}, runs = {} }: ProjectFile, document: YamlDocument): RunLimits {
  const { max_runtime: maxRuntime, max_retries: maxRetries, tag_limits: tags = [] } = runs
  const maxRuntimeMs = maxRuntime === undefined ? undefined : parseDuration(maxRuntime)
  if (maxRuntime !== undefined && maxRuntimeMs === undefined)
    throw platformErrors.create('PROJECT_INVALID', {
      message: `\`runs.max_runtime: ${maxRuntime}\` is not a duration.`,
      ...document.show(['runs', 'max_runtime']),
      hint: durationHint,
    })
  return {
    pools: new Map(Object.entries(pools)),
    tags: tags.map(({ per_value: isPerValue, ...limit }) => ({ ...limit, isPerValue })),
    maxRuntimeMs,
    maxRetries,
  }
}

/** Whoever knows the address of a webhook may send to it. */
function alertSettings({ alerts }: ProjectFile): AlertSettings {
  const { webhook, slack, email, on, each_try: eachTry } = alerts ?? {}
  for (const url of [webhook, slack, email?.smtp]) if (url !== undefined) registerSecret(url)
  return { webhook, slack, email, on, ...(eachTry === undefined ? {} : { eachTry }) }
}

/** A database may be shared by several projects: each has a schema of its own there. */
async function metastoreUrl({ name, metastore }: ProjectFile, env: Env): Promise<string | undefined> {
  const url = env.MILLRACE_METASTORE_URL ?? env.DATABASE_URL ?? metastore?.url
  return url === undefined ? undefined : (await import('../../metastore/index.js')).withOwnSchema(url, name)
}

/** The first thing that is wrong with millrace.yaml, at its place. */
function projectInvalid(schema: z.ZodType, value: unknown, error: z.ZodError, document: YamlDocument) {
  const { message, meant, known, section, path } = invalidSetting(schema, value, error.issues[0])
  const where = section === '' ? '' : ` of \`${section}\``
  return platformErrors.create('PROJECT_INVALID', {
    message,
    ...document.show(path),
    hint: [meant, known.length > 0 && `Settings${where}: ${known.join(', ')}.`, 'docs/project.md describes each.']
      .filter(Boolean)
      .join(' '),
  })
}
