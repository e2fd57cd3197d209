import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { keepFile } from './keep-file.js'

/** Where Millrace keeps what belongs to a user and to no project. */
const homeFolder = () => join(homedir(), '.millrace')
/** The project of who names none. */
export const usualProjectDir = (): string => join(homeFolder(), 'local')

const listFile = () => join(homeFolder(), 'installations.json')

/** The folders of the projects that this user has installed, so that commands find them from anywhere. */
export async function knownInstallations(): Promise<readonly string[]> {
  try {
    return z.array(z.string()).parse(JSON.parse(await readFile(listFile(), 'utf8')))
  } catch {
    return []
  }
}

/** Which one is meant where none is named: the only one that there is, else that of who named none. */
export async function usualInstallation(): Promise<string> {
  const [only, ...others] = (await knownInstallations()).filter((dir) => existsSync(join(dir, 'millrace.yaml')))
  return only !== undefined && others.length === 0 ? only : usualProjectDir()
}

export async function noteInstallation(dir: string): Promise<void> {
  const known = await knownInstallations()
  if (!known.includes(dir)) await keepFile(listFile(), JSON.stringify([...known, dir], null, 2))
}

export async function dropInstallation(dir: string): Promise<void> {
  const known = await knownInstallations()
  if (known.includes(dir))
    await keepFile(
      listFile(),
      JSON.stringify(
        known.filter((one) => one !== dir),
        null,
        2,
      ),
    )
}
