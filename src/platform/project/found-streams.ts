import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../contract.js'

/** Where is kept which streams the sources of connections had that take all of them. */
export const foundStreamsFolder = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'found-streams')

/** As they were found last; none where nobody looked yet. */
export function readFoundStreams(project: Pick<Project, 'stateDir'>, connection: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(pathOf(project, connection), 'utf8')) as readonly string[]
  } catch (error) {
    // What cannot be read is found anew.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export async function keepFoundStreams(
  project: Pick<Project, 'stateDir'>,
  connection: string,
  streams: readonly string[],
): Promise<void> {
  const path = pathOf(project, connection)
  const own = `${path}.${randomUUID()}`
  await mkdir(foundStreamsFolder(project), { recursive: true })
  await writeFile(own, JSON.stringify(streams), { flush: true })
  await rename(own, path)
}

const pathOf = (project: Pick<Project, 'stateDir'>, connection: string) =>
  join(foundStreamsFolder(project), `${connection}.json`)
