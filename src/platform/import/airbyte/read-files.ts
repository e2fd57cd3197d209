import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../../../base/index.js'
import { platformErrors } from '../../errors.js'
import type { AirbyteFacts } from './airbyte-facts.js'
import { type ExportParts, joinParts } from './export-parts.js'
import { readJsonExport, type TextFile } from './read-json-export.js'
import { isOctavia, readOctavia } from './read-octavia.js'
import { isTerraform, readTerraform, readTerraformState } from './terraform/read-terraform.js'

/**
 * What files say of an Airbyte: answers of its API as JSON, folders of octavia-cli, Terraform.
 * @throws IMPORT_FILE_UNREADABLE, IMPORT_NOTHING_FOUND
 */
export async function readFiles(
  from: string,
  { chosen }: { readonly chosen?: readonly string[] | undefined },
): Promise<AirbyteFacts> {
  const files = await textFiles(from)
  const parts = partsOf(files)
  return joinParts(parts, chosenOf(parts, chosen, from))
}

function partsOf(files: readonly TextFile[]): ExportParts {
  const ending = (pattern: RegExp) => files.filter(({ path }) => pattern.test(path))
  const [state] = ending(/\.tfstate$/)
  const octavia = ending(/\.ya?ml$/).filter(isOctavia)
  if (octavia.length > 0) return readOctavia(octavia)
  // What Terraform has worked out says more than what it was told.
  if (state) return readTerraformState(state)
  return files.some(({ path }) => isTerraform(path)) ? readTerraform(files) : readJsonExport(ending(/\.json$/))
}

function chosenOf({ connections }: ExportParts, chosen: readonly string[] | undefined, from: string) {
  const names = connections.map(({ connection }) => connection.name)
  if (connections.length === 0)
    throw platformErrors.create('IMPORT_NOTHING_FOUND', {
      message: `There is no connection of Airbyte in ${from}.`,
      hint: 'It may be a JSON file or a folder of them with answers of its API (sources, destinations, connections, states), a folder of octavia-cli, .tf and .tf.json files, or a terraform.tfstate.',
    })
  if (!chosen?.length) return connections
  return chosen.map((wanted) => {
    const found = connections.find(({ connection }) => connection.name === wanted || connection.connectionId === wanted)
    if (found) return found
    throw platformErrors.create('IMPORT_NOTHING_FOUND', {
      message: `There is no connection ${wanted} in ${from}.`,
      hint: [didYouMean(wanted, names), `There is: ${names.join(', ')}.`].filter(Boolean).join(' '),
    })
  })
}

const passedOver = new Set(['node_modules', '.terraform', '.git', '.millrace'])
const known = /\.(json|ya?ml|tf|tfstate)$/
/** A folder that holds more is none of exports. */
const mostFiles = 5_000

async function textFiles(from: string): Promise<TextFile[]> {
  try {
    const paths = (await stat(from)).isDirectory() ? await filesBelow(from) : [from]
    return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw thrown
    throw platformErrors.create('IMPORT_FILE_UNREADABLE', {
      message: `${from} cannot be read: ${code === 'ENOENT' ? 'there is no such file or folder' : code}.`,
      hint: 'Name the file or the folder of the export: --from export.json',
      cause: thrown,
    })
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = []
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop())
    for (const entry of (await readdir(next, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next, entry.name)
      if (entry.isDirectory() && !passedOver.has(entry.name)) folders.push(path)
      else if (entry.isFile() && known.test(entry.name)) found.push(path)
      if (found.length > mostFiles)
        throw platformErrors.create('IMPORT_FILE_UNREADABLE', {
          message: `${folder} holds more than ${mostFiles} files that could be an export.`,
          hint: 'Name the folder of the export itself.',
        })
    }
  return found
}
