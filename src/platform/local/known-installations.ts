import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { keepFile } from './keep-file.js'

/** Where Millrace keeps what belongs to a user and to no project. */
const homeFolder = () => join(homedir(), '.millrace')
/** The project of who names none. */
export const usualProjectDir = (): string => join(homeFolder(), 'local')

const listFile = () => join(homeFolder(), 'installations.json')

const listSchema = z.array(z.object({ dir: z.string(), stateDir: z.string() }))

/** A project that this user has installed. */
export type KnownInstallation = z.output<typeof listSchema>[number]

/** So that commands find them from anywhere; those that are gone left out. */
export async function knownInstallations(): Promise<readonly KnownInstallation[]> {
  return (await readList()).filter(({ dir }) => existsSync(join(dir, 'millrace.yaml')))
}

/** Which one is meant where none is named: the only one that there is, else that of who named none. */
export async function usualInstallation(): Promise<string> {
  const [only, ...others] = await knownInstallations()
  return only !== undefined && others.length === 0 ? only.dir : usualProjectDir()
}

/** Where the state of a project lies: where the environment says, where it was installed, or where it lies usually. */
export async function stateDirOf(dir: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (env.MILLRACE_STATE_DIR) return resolve(dir, env.MILLRACE_STATE_DIR)
  return (await readList()).find((one) => one.dir === dir)?.stateDir ?? join(dir, '.millrace')
}

export async function noteInstallation({ dir, stateDir }: KnownInstallation): Promise<void> {
  const others = (await readList()).filter((one) => one.dir !== dir)
  await keepFile(listFile(), JSON.stringify([...others, { dir, stateDir }], null, 2))
}

export async function dropInstallation(dir: string): Promise<void> {
  const known = await readList()
  const others = known.filter((one) => one.dir !== dir)
  if (others.length < known.length) await keepFile(listFile(), JSON.stringify(others, null, 2))
}

async function readList(): Promise<readonly KnownInstallation[]> {
  try {
    return listSchema.parse(JSON.parse(await readFile(listFile(), 'utf8')))
  } catch {
    // None yet, or a file that somebody broke: each project still knows of itself.
    return []
  }
}
