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
  /** Whether the key is that of the environment: another machine can have the same. */
  readonly isShared: boolean
  /** @param of what the text belongs to: in another's place it does not open. @throws ENCRYPTION_KEY_SHORT, PROJECT_NOT_WRITABLE */
  seal(text: string, of: string): Promise<string>
  /** Opens what the keys of now can, which are looked up once for all of it. */
  opener(): Promise<Opener>
}

/** Nothing where it was sealed with another key, or damaged. @throws ENCRYPTION_KEY_SHORT and whatever reading the file of the key says */
export type Opener = (sealed: string, of: string) => string | undefined

/** The key is that of the environment, or else a file of the state folder, which is made when something is first sealed, and never to open. */
export function sealer(
  { stateDir }: Pick<Project, 'stateDir'>,
  env: Readonly<Record<string, string | undefined>>,
): Sealer {
  return {
    isShared: hasGivenKey(env),
    seal: async (text, of) => seal(text, givenKey(env) ?? (await ownKey(stateDir)) ?? (await newOwnKey(stateDir)), of),
    async opener() {
      const own = await settled(ownKey(stateDir))
      return (sealed, of) => {
        const given = givenKey(env)
        const opened = given === undefined ? undefined : unseal(sealed, given, of)
        if (opened !== undefined) return opened
        // Also with the key of before there was one in the environment: the next one that is written has that.
        if ('failure' in own) throw own.failure
        return own.value === undefined ? undefined : unseal(sealed, own.value, of)
      }
    },
  }
}

const ownKeyPath = (stateDir: string) => join(stateDir, 'encryption.key')

const hasGivenKey = (env: Readonly<Record<string, string | undefined>>): boolean => (env[keyVariable] ?? '') !== ''

/** @throws ENCRYPTION_KEY_SHORT */
function givenKey(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = env[keyVariable]
  if (given === undefined || given === '') return undefined
  registerSecret(given)
  checkKey(given, keyVariable, 'Take a random one, such as `openssl rand -base64 32` prints.')
  return given
}

/** That of the state folder, where there is one. @throws ENCRYPTION_KEY_SHORT and whatever reading it says */
async function ownKey(stateDir: string): Promise<string | undefined> {
  const path = ownKeyPath(stateDir)
  const found = await textOf(path)
  if (found !== undefined)
    checkKey(
      found,
      path,
      'Bring back what stood in it. Or delete it: what connectors changed in their settings, and the secrets of `millrace secrets`, are lost then.',
    )
  return found
}

const settled = <T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly failure: unknown }> =>
  work.then(
    (value) => ({ value }),
    (failure: unknown) => ({ failure }),
  )

/** @throws PROJECT_NOT_WRITABLE */
async function newOwnKey(stateDir: string): Promise<string> {
  const path = ownKeyPath(stateDir)
  try {
    return await makeKey(stateDir, path)
  } catch (cause) {
    throw platformErrors.create('PROJECT_NOT_WRITABLE', {
      message: `There is no ${keyVariable}, and no key can be made in its place: ${path} cannot be written (${(cause as NodeJS.ErrnoException).code}).`,
      hint: `Set ${keyVariable}, the same on every machine of the project: a random one, such as \`openssl rand -base64 32\` prints.`,
      cause,
    })
  }
}

async function makeKey(stateDir: string, path: string): Promise<string> {
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
