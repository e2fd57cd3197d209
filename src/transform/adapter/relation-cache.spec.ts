import { expect, it } from 'vitest'
import type { RelationInfo } from '../../warehouse/index.js'
import { engineOf } from './engines/index.js'
import { Relation } from './relation.js'
import { type Listing, RelationCache } from './relation-cache.js'

it('does not believe an answer that was asked for before everything was forgotten', async () => {
  const gone: RelationInfo = { database: 'memory', schema: 'main', identifier: 'gone', type: 'table' }
  let answer = (_: RelationInfo[]) => {}
  let isFirst = true
  const slow: Listing = {
    schemas: async () => ['main'],
    relations: () => {
      if (!isFirst) return Promise.resolve([])
      isFirst = false
      return new Promise<RelationInfo[]>((resolve) => {
        answer = resolve
      })
    },
  }
  const { relations } = engineOf('duckdb')
  const cache = new RelationCache(slow, 'keep', relations)
  const relation = Relation.create(relations, gone)
  const asked = cache.get(relation)
  cache.clear()
  answer([gone])
  expect(await asked).toBeNull()
  expect(await cache.get(relation)).toBeNull()
})
