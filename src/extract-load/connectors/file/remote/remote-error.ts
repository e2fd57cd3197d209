import type { MillraceError } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { RetryAdvice } from '../../../remote-files/with-retries.js'
import type { ConnectorContext } from '../../connector.js'
import type { FileStream } from '../config.js'
import { placeOf } from '../stream-place.js'

/** Why a bucket or a server does not give what is asked of it. */
export interface RemoteProblem {
  readonly type: 'unreachable' | 'denied' | 'no bucket' | 'no program' | 'failed'
  /** Ends a sentence. */
  readonly what: string
  readonly hint: string
  readonly advice: RetryAdvice
  readonly cause?: unknown
}

const codes = {
  unreachable: 'SOURCE_DOWNLOAD_FAILED',
  failed: 'SOURCE_DOWNLOAD_FAILED',
  denied: 'SOURCE_REFUSED',
  'no bucket': 'SOURCE_FILE_NOT_FOUND',
  'no program': 'SOURCE_PROGRAM_MISSING',
} as const

/** @param url of the file or the bucket that was asked for */
export const remoteError = (
  url: string,
  { type, what, hint, advice, cause }: RemoteProblem,
  stream: FileStream,
  context: ConnectorContext,
): MillraceError =>
  extractLoadErrors.create(codes[type], {
    message: `${url} (stream \`${stream.name}\`) cannot be read: ${what.replace(/\.$/, '')}.`,
    at: placeOf(stream, context),
    hint: type === 'no bucket' ? 'Correct the name of the bucket in `path`.' : hint,
    data: { ...advice },
    cause,
  })
