import type { RecordData } from './values.js'

/** Fetches the files that records are about. */
export interface FileUploader {
  /** Asks for the file of a record. @throws where the API does not have it */
  fileOf(record: RecordData): Promise<RecordFile>
}

export interface RecordFile {
  /** As `filePath` makes it, below the name of its stream. */
  readonly path: string
  /** What tells its record from others: its key, or where the file of one without a key is. */
  readonly of: string
  /** Read once. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Airbyte's AirbyteRecordMessageFileReference, but for where the file was staged. */
export interface FileReference {
  readonly sourceFileRelativePath: string
  readonly fileSizeBytes: number
}
