import type { ApiError } from '../../../../src/server/contract/index.js'
import { CodeWords } from '../code/code-words.js'
import { Warning } from '../warning.js'

/** What the check of one end of a connection, or of both, answers. */
export interface CheckAnswer {
  readonly status: 'succeeded' | 'failed'
  readonly message?: string
  readonly error?: ApiError
  readonly warnings?: readonly string[]
}

/** What should not stay so, and may be why it failed. */
export const CheckWarnings = ({ of }: { of: Pick<CheckAnswer, 'warnings'> | undefined }) =>
  of?.warnings?.map((warning) => (
    <Warning key={warning}>
      <CodeWords text={warning} />
    </Warning>
  ))
