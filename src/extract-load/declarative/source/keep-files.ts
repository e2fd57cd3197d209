import { createHash } from 'node:crypto'
import { MillraceError } from '../../../base/index.js'
import type { FileKeeper } from '../../contract.js'
import type { FileReference, FileUploader, RecordData } from '../component-contract.js'

/** How often a file whose body breaks off is asked for: nothing of it was handed on. */
const mostTries = 3
/** Of so many files of a stream it is known of which record they came: some fifty bytes each. */
const mostNames = 1_000_000

/** Has the files of one stream kept, one after the other within a slice. */
export class KeptFiles {
  readonly #uploader: FileUploader
  readonly #keeper: FileKeeper
  /** By the name of a file the record that it is about, both as `numberOf`. */
  readonly #owners = new Map<number, number>()
  #count = 0
  #bytes = 0
  #repeated = 0

  constructor(uploader: FileUploader, keeper: FileKeeper) {
    this.#uploader = uploader
    this.#keeper = keeper
  }

  /** What is to be said of them in the end. */
  get notes(): readonly { readonly level: 'info' | 'warn'; readonly message: string }[] {
    if (this.#count === 0) return []
    const said = `${this.#count} ${this.#count === 1 ? 'file' : 'files'} (${this.#bytes} bytes) were kept below ${this.#keeper.place}`
    const atLeast = this.#owners.size < mostNames ? '' : 'At least '
    const repeated = `${atLeast}${this.#repeated} of its records have a file that is called as another one's, and only the last one of each name is kept: have \`filename_extractor\` of the manifest name it by the record's key.`
    return [
      { level: 'info', message: `${said}.` },
      ...(this.#repeated > 0 ? [{ level: 'warn' as const, message: repeated }] : []),
    ]
  }

  /** @returns where it is, once it is there */
  async keep(record: RecordData): Promise<FileReference> {
    for (let tries = 1; ; tries++) {
      const { path, of, body } = await this.#uploader.fileOf(record)
      try {
        const fileSizeBytes = await this.#keeper.keep(path, body)
        this.#note(path, of, fileSizeBytes)
        return { sourceFileRelativePath: path, fileSizeBytes }
      } catch (error) {
        if (tries >= mostTries || !(error instanceof MillraceError) || error.code !== 'API_UNAVAILABLE') throw error
      }
    }
  }

  #note(path: string, of: string, sizeBytes: number): void {
    this.#count++
    this.#bytes += sizeBytes
    const [name, record] = [numberOf(path), numberOf(of)]
    const owner = this.#owners.get(name)
    // A record that is read again, by a lookback or of another parent, has the same file.
    if (owner !== undefined && owner !== record) this.#repeated++
    if (owner !== undefined || this.#owners.size < mostNames) this.#owners.set(name, record)
  }
}

/** A number for a text, which hardly any other one has. */
const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUIntBE(0, 6)
