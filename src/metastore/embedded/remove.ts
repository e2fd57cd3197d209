import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { folderElsewhere, isRoot } from './as-nobody.js'
import { stopAbandonedPostgres } from './start.js'

/** Ends the embedded PostgreSQL of a project, unless somebody uses it, and deletes it where it lies elsewhere; what lies at `dataDir` goes with the folder around it. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  await stopAbandonedPostgres(dataDir)
  if (isRoot) await rm(dirname(folderElsewhere(dataDir)), { recursive: true, force: true })
}
