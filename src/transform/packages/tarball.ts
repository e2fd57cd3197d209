import { ArchiveError, unpackArchive } from '../../base/index.js'
import { transformErrors } from '../errors.js'

/** A package is text; more than this is a mistake. */
const maxBytes = 512 * 1024 * 1024

/** Unpacks a package as archives of git hosts have it: the files of the one folder in it go to `dir`. @throws TRANSFORM_PACKAGES_MISSING */
export async function unpack(archive: Uint8Array, dir: string, what: string): Promise<void> {
  try {
    await unpackArchive(archive, dir, { maxBytes })
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
      message: `The archive of ${what} was not unpacked: ${error.message}.`,
      hint: 'An archive holds one folder with the files of the package, as git hosts make it.',
    })
  }
}
