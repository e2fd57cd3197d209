/** A file that was found; its content is fetched only when it is needed. */
export interface LocatedFile {
  /** How people know it: the path below the project, or the address. */
  readonly url: string
  /** Its ending tells the format. */
  readonly name: string
  readonly modifiedAt: Date
  /** Another text means another content: modification time and size, the version of its package, or what the server says. */
  readonly version: string
  /** A local file with the content. */
  fetch(): Promise<{ readonly path: string; readonly sizeBytes: number }>
}

export interface LocatedFiles {
  readonly files: readonly LocatedFile[]
  /** Ends what is open and removes what was downloaded. */
  dispose(): Promise<void>
}
