import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AirbyteServer, Project } from '../contract.js'
import type { AirbyteCatalogue } from './catalogue.js'

/** What a server said last, and when. */
export interface KeptCatalogue {
  readonly readAt: Date
  readonly catalogue: AirbyteCatalogue
}

/** Raised when what is kept changes its shape: what was kept before is read anew. */
const format = 1

interface KeptFile {
  readonly format: number
  /** Of whom it tells: another address, or another workspace, has other connections. */
  readonly of: string
  readonly readAt: string
  readonly catalogue: AirbyteCatalogue
}

/** Undefined where nothing is kept of this server. */
export function readKept(project: Pick<Project, 'stateDir'>, server: AirbyteServer): KeptCatalogue | undefined {
  try {
    const kept = JSON.parse(readFileSync(pathOf(project, server), 'utf8')) as KeptFile
    if (kept.format !== format || kept.of !== identityOf(server)) return undefined
    return { readAt: new Date(kept.readAt), catalogue: kept.catalogue }
  } catch (error) {
    // What cannot be read is asked for anew.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function keep(
  project: Pick<Project, 'stateDir'>,
  server: AirbyteServer,
  { readAt, catalogue }: KeptCatalogue,
): Promise<void> {
  const path = pathOf(project, server)
  const own = `${path}.${randomUUID()}`
  const file: KeptFile = { format, of: identityOf(server), readAt: readAt.toISOString(), catalogue }
  await mkdir(folderOf(project), { recursive: true })
  await writeFile(own, JSON.stringify(file), { flush: true })
  await rename(own, path)
}

const identityOf = ({ url, workspace }: AirbyteServer) => JSON.stringify([url, workspace ?? null])
const folderOf = ({ stateDir }: Pick<Project, 'stateDir'>) => join(stateDir, 'airbyte-servers')
const pathOf = (project: Pick<Project, 'stateDir'>, { name }: AirbyteServer) => join(folderOf(project), `${name}.json`)
