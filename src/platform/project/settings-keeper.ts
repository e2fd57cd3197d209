import { randomUUID } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isJson } from '../../base/index.js'
import type { SettingsKeeper } from '../../extract-load/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { keyVariable, privateFile, sealer, textOf } from './encryption-key.js'
import { isSealed } from './sealed-text.js'

/** Keeps the settings that connectors changed in files of the state folder, encrypted: a renewed token is worth as much as a password. */
export function settingsKeeper(
  { stateDir }: Pick<Project, 'stateDir'>,
  env: NodeJS.ProcessEnv = process.env,
): SettingsKeeper {
  const folder = join(stateDir, 'connector-settings')
  const pathOf = (connection: string) => join(folder, `${connection}.json`)
  const { seal, opener } = sealer({ stateDir }, env)
  return {
    async read(connection) {
      const path = pathOf(connection)
      const text = await textOf(path)
      if (text === undefined) return undefined
      // Those of before were not encrypted; the next one to be written is.
      const opened = isSealed(text) ? (await opener())(text, connection) : isJson(text) ? text : undefined
      if (opened === undefined)
        throw platformErrors.create('KEPT_SETTINGS_UNREADABLE', {
          message: `What the connector of ${connection} last changed in its settings cannot be read: ${path} was encrypted with another key, or was damaged.`,
          hint: `Set ${keyVariable} to what it was, or delete the file: then what the file of the connection says holds again.`,
        })
      return opened
    },
    async write(connection, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const sealed = await seal(text, connection)
      const own = await privateFile(`${pathOf(connection)}.${randomUUID()}`, sealed)
      await rename(own, pathOf(connection))
    },
  }
}
