import { extractLoadErrors } from '../../errors.js'
import { streamsHint } from '../../unknown-stream.js'
import type { ConnectorContext } from '../connector.js'
import type { FakeStream } from './fake-stream.js'
import { products } from './products.js'
import { purchases } from './purchases.js'
import { users } from './users.js'

export const fakeStreams: readonly FakeStream[] = [users, products, purchases]

export const streamNames = fakeStreams.map(({ name }) => name)

/** The column that says what is new. */
export const cursorField = 'updated_at'

/** @throws STREAM_NOT_FOUND */
export function streamOf(name: string, { file }: Pick<ConnectorContext, 'file'>): FakeStream {
  const found = fakeStreams.find((stream) => stream.name === name)
  if (found) return found
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The source has no stream \`${name}\`.`,
    at: { file },
    hint: streamsHint(name, streamNames),
  })
}
