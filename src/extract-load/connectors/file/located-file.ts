/** A file that was found. */
interface FoundFile {
  /** How people know it: the path below the project, or the address. */
  readonly url: string
  /** Its ending tells the format. */
  readonly name: string
  readonly modifiedAt: Date
  /** Another text means another content: modification time and size, the version of its package, or what the server says. */
  readonly version: string
}

/** One that can be read where it is. */
export interface LocalFile extends FoundFile {
  readonly path: string
  readonly sizeBytes: number
}

/** One that lies elsewhere. */
export interface DistantFile extends FoundFile {
  /** As far as it is known before it is fetched. */
  readonly sizeBytes: number | undefined
  /** Whether it may be read. Nothing of it is fetched. */
  probe(): Promise<void>
  /** Brings it here. Whoever asks releases it. */
  fetch(): Promise<FetchedFile>
}

export type LocatedFile = LocalFile | DistantFile

export const isDistant = (file: LocatedFile): file is DistantFile => 'fetch' in file

/** What came of fetching a file, which may have become another one since it was found. */
export interface FetchedFile extends Pick<FoundFile, 'modifiedAt' | 'version'> {
  readonly path: string
  readonly sizeBytes: number
  /** Removes it here. */
  release(): Promise<void>
}

export interface LocatedFiles {
  /** The oldest first. */
  readonly files: readonly LocatedFile[]
  /** Ends what is open and removes what was fetched. */
  dispose(): Promise<void>
}

export const oldestFirst = (a: FoundFile, b: FoundFile): number =>
  a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.url < b.url ? -1 : 1)
