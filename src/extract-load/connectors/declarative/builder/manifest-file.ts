import { basename } from 'node:path'
import { MillraceError, readText, replaceText, shownPath } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { checkedManifest } from '../added-connectors/add-manifest.js'
import { addedFolder, manifestName } from '../added-connectors/added-connectors.js'
import { isTrusted, type ManifestOrigin, manifestHash, readOrigin } from '../added-connectors/origin.js'
import { changedMeanwhile, inTurn } from '../added-connectors/write-folder.js'

export interface ProjectPlace {
  readonly projectDir: string
  /** Of the project's connections. */
  readonly folder: string
}

/** The manifest of a connector as it stands in the project. */
export interface ManifestText {
  /** Relative to the project. */
  readonly file: string
  readonly yaml: string
  /** Of the text: whoever changes it says which one they have seen. */
  readonly hash: string
  /** None of one that was written here. */
  readonly origin?: Omit<ManifestOrigin, 'sha256'> | undefined
  /** Whether it may ask for addresses inside a private network. */
  readonly isTrusted: boolean
  /** It says something else than when it came. */
  readonly isEdited: boolean
}

/** The text by itself. @param own folder of the connector @throws FILE_ENCODING, MANIFEST_UNREADABLE */
export function manifestYaml(own: string, projectDir: string): Pick<ManifestText, 'file' | 'yaml'> {
  const path = `${own}/${manifestName}`
  const file = shownPath(projectDir, path)
  try {
    return { file, yaml: readText(path, file) }
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
      message: code === 'ENOENT' ? `There is no ${file}.` : `${file} cannot be read (${code}).`,
      hint: `Put it there, or take the connector out: \`millrace connectors remove ${basename(own)}\`.`,
      at: { file },
      cause,
    })
  }
}

/** @throws FILE_ENCODING, MANIFEST_UNREADABLE */
export function manifestFile(name: string, { projectDir, folder }: ProjectPlace): ManifestText {
  const own = addedFolder(folder, name)
  const { file, yaml } = manifestYaml(own, projectDir)
  const origin = readOrigin(own)
  const hash = manifestHash(yaml)
  return {
    file,
    yaml,
    hash,
    ...(origin && { origin: withoutHash(origin) }),
    isTrusted: isTrusted(origin),
    isEdited: origin !== undefined && origin.sha256 !== hash,
  }
}

const withoutHash = ({ sha256: _, ...came }: ManifestOrigin) => came

/** As it was written. */
export interface ChangedManifest extends ManifestText {
  /** What its author should know. */
  readonly warnings: readonly string[]
}

export interface ManifestChange {
  readonly yaml: string
  /** Of the text that it is made of. */
  readonly before: string
}

/**
 * Gives a connector another manifest, once that is found right. Where it came from stays said, with the hash of what came.
 * @throws CONNECTOR_CHANGED_MEANWHILE, MANIFEST_UNREADABLE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED
 */
export const changeManifest = (name: string, change: ManifestChange, place: ProjectPlace): Promise<ChangedManifest> =>
  inTurn(() => changed(name, change, place))

async function changed(name: string, { yaml, before }: ManifestChange, place: ProjectPlace): Promise<ChangedManifest> {
  const own = addedFolder(place.folder, name)
  const found = manifestFile(name, place)
  // Editors of pages know one kind of line end.
  const after = found.yaml.includes('\r\n') ? yaml.replace(/\r?\n/g, '\r\n') : yaml
  const { warnings } = await checkedManifest(own, found.file, after)
  const isReplaced =
    found.hash === before &&
    (await replaceText(`${own}/${manifestName}`, { before: found.yaml, after, shown: found.file }))
  if (!isReplaced) throw changedMeanwhile(found.file)
  return { ...manifestFile(name, place), warnings }
}
