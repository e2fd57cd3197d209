import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../base/index.js'

/** A folder with what a connector reads: config, catalog, state. Nobody else can read it, and it goes with the run. */
export interface RunFiles {
  readonly folder: string
  dispose(): Promise<void>
}

/**
 * @param files texts by file names
 * @param isForContainer its user is another one, and connectors write a config anew that they bring up to date
 */
export async function writeRunFiles(
  files: Readonly<Record<string, string>>,
  { isForContainer }: { readonly isForContainer: boolean },
): Promise<RunFiles> {
  // mkdtemp makes it 0700: nobody else comes through it, whatever lies in it.
  const root = await temporaryFolder('connector')
  const folder = join(root, 'files')
  const dispose = () => rm(root, { recursive: true, force: true })
  const [folderMode, fileMode] = isForContainer ? [0o777, 0o666] : [0o700, 0o600]
  try {
    await mkdir(folder)
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text, { mode: 0o600 })
      await chmod(join(folder, name), fileMode)
    }
    await chmod(folder, folderMode)
    return { folder, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
