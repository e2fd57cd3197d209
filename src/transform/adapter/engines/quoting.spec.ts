import { expect, it } from 'vitest'
import { bigquery } from './bigquery.js'
import { spark } from './spark.js'

it('a name ends where it ends, whatever signs it has', () => {
  expect(bigquery.relations.quoteIdentifier?.('a`b\\c')).toBe('`a\\`b\\\\c`')
  expect(spark.relations.quoteIdentifier?.('a`b')).toBe('`a``b`')
})
