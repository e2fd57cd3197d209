import { Text } from '@mantine/core'
import type { ApiError } from '../../../../src/server/contract/index.js'

/** What the check of one end of a connection, or of both, answers. */
export interface CheckAnswer {
  readonly status: 'succeeded' | 'failed'
  readonly message?: string
  readonly error?: ApiError
  readonly warnings?: readonly string[]
}

/** What should not stay so, and may be why it failed. */
export const CheckWarnings = ({ of }: { of: CheckAnswer | undefined }) =>
  of?.warnings?.map((warning) => (
    <Text key={warning} size="sm">
      {warning}
    </Text>
  ))
