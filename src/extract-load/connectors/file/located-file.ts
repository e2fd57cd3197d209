/** A file that was found. */
interface FoundFile {
  /** How people know it: the path below the project, or the address. */
  readonly url: string
  /** Its ending tells the format. */
  readonly name: string
  readonly modifiedAt: Date
}

interface Versioned {
  /**
   * Another text means another content: modification time and size, the version of its package, what the server says, or a hash where
   * it says nothing.
   */
  readonly version: string
}

/** One that can be read where it is. */
export interface LocalFile extends FoundFile, Versioned {
  readonly path: string
  readonly sizeBytes: number
}

/** One that lies elsewhere. */
export interface DistantFile extends FoundFile {
  /** Undefined where only its content tells. */
  readonly version: string | undefined
  /** As far as it is known before it is fetched. */
  readonly sizeBytes: number | undefined
  /** Whether it may be read. Nothing of it is fetched. */
  probe(): Promise<void>
  /** Brings it here. Whoever asks releases it. */
  fetch(): Promise<FetchedFile>
}

export type LocatedFile = LocalFile | DistantFile

/** One of which it is known whether it changed. */
export type VersionedFile = LocatedFile & Versioned

export const isDistant = (file: LocatedFile): file is DistantFile => 'fetch' in file

/** What came of fetching a file, which may have become another one since it was found. */
export interface FetchedFile extends Pick<FoundFile, 'modifiedAt'>, Versioned {
  readonly path: string
  readonly sizeBytes: number
  /** Removes it here. */
  release(): Promise<void>
}

export interface LocatedFiles<File extends LocatedFile = LocatedFile> {
  /** The oldest first. */
  readonly files: readonly File[]
  /** Ends what is open and removes what was fetched. */
  dispose(): Promise<void>
}

/** The version of a file that only its content tells; it is fetched for that, and once: who reads it then releases it. */
export async function withVersion(file: LocatedFile): Promise<VersionedFile> {
  if (!isDistant(file)) return file
  const { version } = file
  if (version !== undefined) return { ...file, version }
  const fetched = await file.fetch()
  return { ...file, version: fetched.version, modifiedAt: fetched.modifiedAt, fetch: async () => fetched }
}

export const oldestFirst = (a: FoundFile, b: FoundFile): number =>
  a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.url < b.url ? -1 : 1)
