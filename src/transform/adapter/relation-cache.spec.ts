import { expect, it, onTestFinished } from 'vitest'
import { openDuckDb, type RelationInfo, type Warehouse } from '../../warehouse/index.js'
import { engineOf } from './engines/index.js'
import { Relation } from './relation.js'
import { RelationCache } from './relation-cache.js'

it('does not believe an answer that was asked for before everything was forgotten', async () => {
  const warehouse = await openDuckDb({ path: ':memory:' })
  onTestFinished(() => warehouse.close())
  const gone: RelationInfo = { database: 'memory', schema: 'main', identifier: 'gone', type: 'table' }
  let answer = (_: RelationInfo[]) => {}
  let isFirst = true
  const slow: Warehouse = Object.create(warehouse, {
    listRelations: {
      value: () => {
        if (!isFirst) return warehouse.listRelations({})
        isFirst = false
        return new Promise<RelationInfo[]>((resolve) => {
          answer = resolve
        })
      },
    },
  })
  const { relations } = engineOf('duckdb')
  const cache = new RelationCache(slow, relations)
  const relation = Relation.create(relations, gone)
  const asked = cache.get(relation)
  cache.clear()
  answer([gone])
  expect(await asked).toBeNull()
  expect(await cache.get(relation)).toBeNull()
})
