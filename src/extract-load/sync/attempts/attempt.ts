import { toMillraceError } from '../../../base/index.js'

/** A stream that may fail while the others go on. */
export interface Failing {
  /** It could not be brought into its table; nothing more of it is committed. */
  noteFailed(): void
}

type OnFailed<Stream> = (stream: Stream, error: unknown) => void

export function fail<Stream extends Failing>(stream: Stream, error: unknown, onFailed: OnFailed<Stream>): void {
  stream.noteFailed()
  onFailed(stream, toMillraceError(error))
}

/** Does something for one stream, which fails where that throws. @returns whether it was done */
export async function attempt<Stream extends Failing>(
  stream: Stream,
  onFailed: OnFailed<Stream>,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    fail(stream, error, onFailed)
    return false
  }
}
