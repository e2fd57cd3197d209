import { expect, it } from 'vitest'
import { isFieldLoaded, isFieldNeeded, withFields, withNeeded } from './fields.js'

const stream = { fields: ['id', 'at', 'mail'].map((path) => ({ path, type: '' })) }
const all = { name: 's', syncMode: 'incremental', destinationSyncMode: 'append' } as const

it('all fields are loaded until one is taken away, and again when it is back', () => {
  const some = withFields(stream, all, ['mail'], false)
  expect(some.fields).toEqual(['id', 'at'])
  expect(stream.fields.map(({ path }) => isFieldLoaded(some, path))).toEqual([true, true, false])
  expect(withFields(stream, some, ['mail'], true)).toEqual(all)
})

it('the last field stays', () => {
  const one = { ...all, fields: ['id'] }
  expect(withFields(stream, one, ['id'], false)).toEqual(one)
})

it('a key and a cursor come along', () => {
  expect(withNeeded({ ...all, fields: ['mail'], primaryKey: [['id']], cursorField: ['at'] }).fields).toEqual([
    'mail',
    'id',
    'at',
  ])
  expect(withNeeded({ ...all, cursorField: ['at'] })).toEqual({ ...all, cursorField: ['at'] })
})

it('what a mapper looks at comes along, and what it leaves out does not', () => {
  const mappers = [
    { type: 'row-filtering' as const, where: { and: [{ not: { field: 'mail', equal: 1 } }] } },
    { type: 'field-filtering' as const, field: 'at' },
  ]
  expect(withNeeded({ ...all, fields: ['id'], mappers }).fields).toEqual(['id', 'mail'])
  expect(['id', 'at', 'mail'].map((field) => isFieldNeeded({ ...all, mappers }, field))).toEqual([false, false, true])
})

it('only those that are needed stay of many that are taken away', () => {
  const names = ['id', 'at', 'mail']
  expect(withFields(stream, { ...all, primaryKey: [['at']] }, names, false).fields).toEqual(['at'])
  expect(withFields(stream, all, names, false).fields).toEqual(['id'])
})
