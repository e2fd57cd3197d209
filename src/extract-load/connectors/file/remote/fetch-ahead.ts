import type { DistantFile, FetchedFile } from '../located-file.js'

/** So many files wait to be loaded, and so many bytes; one more is on its way when somebody waits for it. */
const filesAhead = 4
const bytesAhead = 128 * 1024 * 1024

/** Fetches files one after the other as they are asked for, and small ones while those before them are loaded: most of their time is waiting. */
export class FetchAhead {
  readonly #files: readonly DistantFile[]
  readonly #begun = new Map<number, Promise<FetchedFile>>()

  constructor(files: readonly DistantFile[]) {
    this.#files = files
  }

  /** The file of a place; each is asked for once, in order. */
  fetch(place: number): Promise<FetchedFile> {
    const fetching = this.#begin(place)
    this.#begun.delete(place)
    let bytes = 0
    for (let next = place + 1; next <= place + filesAhead; next++) {
      bytes += this.#files[next]?.sizeBytes ?? Number.POSITIVE_INFINITY
      if (bytes > bytesAhead) break
      // Who asks for it hears of its failure; nobody may come to ask.
      this.#begin(next).catch(() => {})
    }
    return fetching
  }

  #begin(place: number): Promise<FetchedFile> {
    const begun = this.#begun.get(place) ?? (this.#files[place] as DistantFile).fetch()
    this.#begun.set(place, begun)
    return begun
  }
}
