import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SettingsKeeper } from '../../extract-load/index.js'
import type { Project } from '../contract.js'

/** Keeps the settings that connectors changed in files of the state folder, for the user's eyes only. */
export function settingsKeeper({ stateDir }: Pick<Project, 'stateDir'>): SettingsKeeper {
  const folder = join(stateDir, 'connector-settings')
  const pathOf = (connection: string) => join(folder, `${connection}.json`)
  return {
    async read(connection) {
      try {
        return await readFile(pathOf(connection), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async write(connection, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const own = `${pathOf(connection)}.${randomUUID()}`
      await writeFile(own, text, { mode: 0o600, flush: true })
      await rename(own, pathOf(connection))
    },
  }
}
