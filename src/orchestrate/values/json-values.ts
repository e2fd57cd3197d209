import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newId } from '../../base/index.js'
import type { IoContext, IoManager } from '../authoring/io-manager.js'
import { orchestrateErrors } from '../errors.js'
import { plain } from './plain.js'

/** Names of files have an end (255 bytes mostly), and keys need not. */
const longestName = 150

/** Values as JSON files below a folder of the project, one for each asset, or for each of its partitions. */
export function jsonValues({ folder = join('.millrace', 'values') }: { folder?: string } = {}): IoManager<unknown> {
  const pathOf = ({ projectDir, asset, partition }: IoContext) =>
    partition === undefined
      ? join(projectDir, folder, fileName(asset), 'value.json')
      : join(projectDir, folder, fileName(asset), 'partitions', `${fileName(partition)}.json`)
  return {
    async store(context, value) {
      const path = pathOf(context)
      const text = JSON.stringify(storable(context.asset, value))
      await mkdir(dirname(path), { recursive: true })
      // Who reads meanwhile sees the old one or the new one.
      const beside = `${path}.${newId()}.tmp`
      try {
        await writeFile(beside, text, { flush: true })
        await rename(beside, path)
      } finally {
        await rm(beside, { force: true })
      }
    },
    async load(context) {
      const text = await readFile(pathOf(context), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
  }
}

function storable(asset: string, value: unknown): unknown {
  try {
    const found = plain(value)
    if (found !== undefined) return found
  } catch (thrown) {
    throw noJson(asset, thrown instanceof Error ? thrown.message : String(thrown))
  }
  throw noJson(asset, `it is a ${typeof value}`)
}

const noJson = (asset: string, why: string) =>
  orchestrateErrors.create('USER_CODE_FAILED', {
    message: `What ${asset} answered cannot be kept as JSON: ${why}.`,
    hint: 'Answer texts, numbers, booleans, null, arrays and objects, or give it an IO manager of its own: `io`.',
  })

/** One name for a key, whatever is in it, and different ones for different keys. */
export function fileName(key: string): string {
  const safe = encodeURIComponent(key).replace(
    /[.*!'()~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  if (safe.length <= longestName) return safe
  // A part of an encoded sign is none: what is cut off is told by the hash.
  return `${safe.slice(0, longestName - 17)}~${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}
