import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileStamp, interpolateEnv, isMapping, isWithin, readYaml } from '../../base/index.js'
import { addedFolder } from './declarative/added-connectors/added-connectors.js'
import type { ProjectPlace } from './declarative/builder/manifest-file.js'

/** What the file of a connection reads with, as it says it. */
interface NamedSource {
  readonly connector?: unknown
  /** Of the connector `declarative`: a path from the project. */
  readonly manifest?: unknown
}

/**
 * The files of the connections that read with a connector that was added to the project, relative to the project: by its name, or by where its
 * manifest lies. Also of those that cannot be read as connections.
 */
export async function connectorUsers(name: string, { projectDir, folder }: ProjectPlace): Promise<string[]> {
  const own = addedFolder(folder, name)
  const files = (await readdir(folder)).filter((file) => /\.ya?ml$/.test(file))
  const uses = async (file: string) => {
    const { connector, manifest } = await sourceIn(join(folder, file))
    if (connector !== 'declarative') return connector === name
    return typeof manifest === 'string' && isWithin(own, resolve(projectDir, withVariables(manifest)))
  }
  const found = await Promise.all(files.map(uses))
  return files.filter((_, i) => found[i]).map((file) => relative(projectDir, join(folder, file)))
}

function withVariables(text: string): string {
  try {
    return interpolateEnv(text, process.env)
  } catch {
    return text
  }
}

/** By path: pages ask again and again, and connections hardly ever change. */
const kept = new Map<string, { readonly stamp: string; readonly source: NamedSource }>()

async function sourceIn(path: string): Promise<NamedSource> {
  try {
    const stamp = fileStamp(await stat(path))
    const known = kept.get(path)
    if (known?.stamp === stamp) return known.source
    const source = namedIn(await readFile(path, 'utf8'), path)
    kept.set(path, { stamp, source })
    return source
  } catch {
    kept.delete(path)
    return {}
  }
}

function namedIn(text: string, path: string): NamedSource {
  try {
    const { value } = readYaml(text, path)
    const { connector, config } = isMapping(value) && isMapping(value.source) ? value.source : {}
    return { connector, manifest: isMapping(config) ? config.manifest : undefined }
  } catch {
    return {}
  }
}
