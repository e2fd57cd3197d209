import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { adminPasswordVariable } from '../../access/index.js'
import { platformErrors } from '../errors.js'
import { keepFile } from './keep-file.js'

type Env = Readonly<Record<string, string | undefined>>
type Variables = Readonly<Record<string, string>>

/** What may stand in a unit file. */
const plain = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'DOCKER_HOST', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']
/** What Millrace, or something that it starts, is told by the environment; any of it may hold a secret. */
const taken =
  /^(?:DATABASE_URL|(?:https?|no|all)_proxy|NODE_OPTIONS|GOOGLE_APPLICATION_CREDENTIALS|(?:MILLRACE|DBT|AWS|OTEL|AIRBYTE)_\w+)$/i
/** Of one command, or of one process. */
const ofOneProcess = new Set([
  ...['MILLRACE_PROJECT_DIR', 'MILLRACE_PASSWORD', adminPasswordVariable],
  ...['MILLRACE_SUPERVISED', 'MILLRACE_WORK', 'MILLRACE_LOG_FORMAT', 'MILLRACE_LOG_LEVEL'],
])

/** Variables without secrets, which stand where everybody may read them. */
export function plainVariables(
  env: Env,
  { dir, stateDir }: { readonly dir: string; readonly stateDir: string },
): Variables {
  return { ...pick(env, plain), ...(stateDir === join(dir, '.millrace') ? {} : { MILLRACE_STATE_DIR: stateDir }) }
}

/** What the shell has of the variables that the project names, and that Millrace takes. */
export async function wantedVariables(env: Env, projectDir: string): Promise<Variables> {
  const named = await namedVariables(projectDir)
  const names = Object.keys(env).filter((name) => named.has(name) || taken.test(name))
  return pick(
    env,
    names.filter((name) => !ofOneProcess.has(name) && !plain.includes(name) && name !== 'MILLRACE_STATE_DIR'),
  )
}

const pick = (env: Env, names: readonly string[]): Variables =>
  Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))

const readsVariables = new Set(['.yaml', '.yml', '.ts', '.mts', '.sql', '.json'])
const passedOver = new Set(['node_modules', 'target', 'logs', 'dbt_packages'])
/** A project of more files is not looked through to its end. */
const mostFiles = 5_000
const naming =
  /\$\{([A-Za-z_]\w*)|env_var\(\s*['"]([A-Za-z_]\w*)|process\.env\.([A-Za-z_]\w*)|process\.env\[['"]([A-Za-z_]\w*)/g

/** `${NAME}` of YAML, `env_var('NAME')` of dbt, `process.env.NAME` of definitions. */
async function namedVariables(projectDir: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  const folders = [projectDir]
  let files = 0
  for (let folder = folders.pop(); folder !== undefined && files < mostFiles; folder = folders.pop())
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !entry.name.startsWith('.') && !passedOver.has(entry.name)) folders.push(path)
      if (!entry.isFile() || !readsVariables.has(extname(entry.name))) continue
      files++
      const text = await readFile(path, 'utf8').catch(() => '')
      for (const [, ...found] of text.matchAll(naming)) names.add(found.find((name) => name !== undefined) ?? '')
    }
  return names
}

export const variablesFile = (folder: string): string => join(folder, 'environment')

/** What an earlier installation kept; none where there was none. */
export async function keptVariables(folder: string): Promise<Variables> {
  return parsed(await readFile(variablesFile(folder), 'utf8').catch(() => ''))
}

/** Keeps variables with secrets where only this user reads them, for `node --env-file`. Answers the names that cannot be kept. */
export async function keepVariables(folder: string, variables: Variables): Promise<readonly string[]> {
  const lines = new Map(Object.entries(variables).map(([name, value]) => [name, line(name, value)]))
  const written = [...lines.values()].filter((text) => text !== undefined)
  await keepFile(variablesFile(folder), written.join('\n'))
  return [...lines].flatMap(([name, text]) => (text === undefined ? [name] : []))
}

export const forgetVariables = (folder: string): Promise<void> => rm(variablesFile(folder), { force: true })

/** Such a file knows no escapes: what a value must not hold is the quote around it. */
function line(name: string, value: string): string | undefined {
  return ["'", '"', '`'].map((quote) => `${name}=${quote}${value}${quote}`).find((text) => parsed(text)[name] === value)
}

const parsed = (text: string): Variables => pick(parseEnv(text), Object.keys(parseEnv(text)))

/** Variables of a file of the user's own. @throws LOCAL_ENV_FILE where it is not there, or others may read it */
export async function readEnvFile(path: string): Promise<Variables> {
  const info = await stat(path).catch(() => undefined)
  const refuse = (message: string, hint: string) => platformErrors.create('LOCAL_ENV_FILE', { message, hint })
  if (!info?.isFile())
    throw refuse(`There is no file ${path}.`, 'Name a file with a line NAME=value for each variable.')
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0)
    throw refuse(
      `Others than you may read ${path}, and it is there for secrets.`,
      `Take that right from them: chmod 600 ${path}`,
    )
  return parsed(await readFile(path, 'utf8'))
}
