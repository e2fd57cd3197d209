import { expect, it } from 'vitest'
import type { ConnectionSpec } from '../../orchestrate/index.js'
import { connectionNotFound } from './connection-not-found.js'

const connections = [{ name: 'flights', file: 'extract_load/flights.yaml' } as ConnectionSpec]
const problem = (file: string) => ({
  code: 'CONNECTOR_NOT_FOUND',
  kind: 'user' as const,
  retryable: false,
  message: 'There is no source connector `fiel`.',
  hint: 'Did you mean `file`?',
  at: { file, line: 4, column: 14 },
})

it('a connection whose file cannot be read is told with what is wrong in it', () => {
  const problems = [problem('transformation/dbt/models/shop.yml'), problem('extract_load/shop.yaml')]
  expect(connectionNotFound({ connections, problems }, 'shop')).toMatchObject({
    message: 'The connection `shop` cannot be read: There is no source connector `fiel`.',
    at: { file: 'extract_load/shop.yaml', line: 4 },
    hint: 'Did you mean `file`?',
  })
})

it('one that nobody knows is told with the nearest name', () => {
  const problems = [problem('transformation/dbt/models/flight.yml')]
  expect(connectionNotFound({ connections, problems }, 'flight')).toMatchObject({
    message: 'There is no connection `flight`.',
    hint: expect.stringMatching(/flights.*Connections: flights\.$/),
  })
})
