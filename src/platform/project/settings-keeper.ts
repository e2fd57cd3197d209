import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { registerSecret } from '../../base/index.js'
import type { SettingsKeeper } from '../../extract-load/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { isSealed, seal, unseal } from './sealed-text.js'

const variable = 'MILLRACE_ENCRYPTION_KEY'
const shortestKey = 32

/**
 * Keeps the settings that connectors changed in files of the state folder, encrypted: a renewed token is worth as much as a password. The key
 * is that of the environment, or else a file beside them, which is made when it is first needed.
 */
export function settingsKeeper(
  { stateDir }: Pick<Project, 'stateDir'>,
  env: NodeJS.ProcessEnv = process.env,
): SettingsKeeper {
  const folder = join(stateDir, 'connector-settings')
  const pathOf = (connection: string) => join(folder, `${connection}.json`)
  /** Also with the key of before there was one in the environment: the next one that is written has that. */
  const unsealed = async (text: string, connection: string) => {
    const own = await textOf(ownKeyPath(stateDir))
    return (
      unseal(text, await encryptionKey(stateDir, env), connection) ??
      (own === undefined ? undefined : unseal(text, own, connection))
    )
  }
  return {
    async read(connection) {
      const path = pathOf(connection)
      const text = await textOf(path)
      if (text === undefined) return undefined
      // Those of before were not encrypted; the next one to be written is.
      const opened = isSealed(text) ? await unsealed(text, connection) : isJson(text) ? text : undefined
      if (opened === undefined)
        throw platformErrors.create('KEPT_SETTINGS_UNREADABLE', {
          message: `What the connector of ${connection} last changed in its settings cannot be read: ${path} was encrypted with another key, or was damaged.`,
          hint: `Set ${variable} to what it was, or delete the file: then what the file of the connection says holds again.`,
        })
      return opened
    },
    async write(connection, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const sealed = seal(text, await encryptionKey(stateDir, env), connection)
      const own = await privateFile(`${pathOf(connection)}.${randomUUID()}`, sealed)
      await rename(own, pathOf(connection))
    },
  }
}

const ownKeyPath = (stateDir: string) => join(stateDir, 'encryption.key')

async function encryptionKey(stateDir: string, env: NodeJS.ProcessEnv): Promise<string> {
  const given = env[variable]
  if (given !== undefined && given !== '') {
    registerSecret(given)
    checkKey(given, variable, 'Take a random one, such as `openssl rand -base64 32` prints.')
    return given
  }
  const path = ownKeyPath(stateDir)
  const found = await textOf(path)
  if (found !== undefined) {
    checkKey(
      found,
      path,
      'Bring back what stood in it. Or delete it: what connectors changed in their settings is lost then.',
    )
    return found
  }
  const own = await privateFile(`${path}.${randomUUID()}`, randomBytes(shortestKey).toString('base64'))
  try {
    // Whoever comes second takes the key of whoever came first.
    await link(own, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(own, { force: true })
  }
  return readFile(path, 'utf8')
}

/** @throws ENCRYPTION_KEY_SHORT */
function checkKey(key: string, of: string, hint: string): void {
  if (key.length >= shortestKey) return
  throw platformErrors.create('ENCRYPTION_KEY_SHORT', {
    message: `${of} has ${key.length} characters; a key needs ${shortestKey} at least.`,
    hint,
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** For the user's eyes only, and whole or not at all. */
async function privateFile(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600, flush: true })
  return path
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
