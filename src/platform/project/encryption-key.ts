import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { registerSecret } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { seal, unseal } from './sealed-text.js'

export const keyVariable = 'MILLRACE_ENCRYPTION_KEY'
const shortestKey = 32

/** Seals texts with the key of a project, and opens them again. */
export interface Sealer {
  /** @param of what the text belongs to: in another's place it does not open. @throws ENCRYPTION_KEY_SHORT */
  seal(text: string, of: string): Promise<string>
  /** Nothing where it was sealed with another key, or damaged. @throws ENCRYPTION_KEY_SHORT */
  open(sealed: string, of: string): Promise<string | undefined>
}

/** The key is that of the environment, or else a file of the state folder, which is made when it is first needed. */
export function sealer(
  { stateDir }: Pick<Project, 'stateDir'>,
  env: Readonly<Record<string, string | undefined>>,
): Sealer {
  return {
    seal: async (text, of) => seal(text, await encryptionKey(stateDir, env), of),
    // Also with the key of before there was one in the environment: the next one that is written has that.
    async open(sealed, of) {
      const own = await textOf(ownKeyPath(stateDir))
      return (
        unseal(sealed, await encryptionKey(stateDir, env), of) ??
        (own === undefined ? undefined : unseal(sealed, own, of))
      )
    },
  }
}

const ownKeyPath = (stateDir: string) => join(stateDir, 'encryption.key')

async function encryptionKey(stateDir: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const given = env[keyVariable]
  if (given !== undefined && given !== '') {
    registerSecret(given)
    checkKey(given, keyVariable, 'Take a random one, such as `openssl rand -base64 32` prints.')
    return given
  }
  const path = ownKeyPath(stateDir)
  const found = await textOf(path)
  if (found !== undefined) {
    checkKey(
      found,
      path,
      'Bring back what stood in it. Or delete it: what connectors changed in their settings, and the secrets of `millrace secrets`, are lost then.',
    )
    return found
  }
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
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

/** For the user's eyes only, and whole or not at all. */
export async function privateFile(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600, flush: true })
  return path
}

export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
