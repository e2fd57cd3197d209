import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with what a connector reads: config, catalog, state. Nobody else can read it, and it goes with the run. */
export interface RunFiles {
  readonly folder: string
  dispose(): Promise<void>
}

/** @param files texts by file names */
export async function writeRunFiles(files: Readonly<Record<string, string>>): Promise<RunFiles> {
  // mkdtemp makes it 0700.
  const folder = await mkdtemp(join(tmpdir(), 'millrace-connector-'))
  const dispose = () => rm(folder, { recursive: true, force: true })
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
    return { folder, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
