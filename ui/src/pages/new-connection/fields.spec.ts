import { expect, it } from 'vitest'
import { isFieldLoaded, withField, withNeeded } from './fields.js'

const stream = { fields: ['id', 'at', 'mail'].map((path) => ({ path, type: '' })) }
const all = { name: 's', syncMode: 'incremental', destinationSyncMode: 'append' } as const

it('all fields are loaded until one is taken away, and again when it is back', () => {
  const some = withField(stream, all, 'mail', false)
  expect(some.fields).toEqual(['id', 'at'])
  expect(stream.fields.map(({ path }) => isFieldLoaded(some, path))).toEqual([true, true, false])
  expect(withField(stream, some, 'mail', true)).toEqual(all)
})

it('the last field stays', () => {
  const one = { ...all, fields: ['id'] }
  expect(withField(stream, one, 'id', false)).toEqual(one)
})

it('a key and a cursor come along', () => {
  expect(withNeeded({ ...all, fields: ['mail'], primaryKey: [['id']], cursorField: ['at'] }).fields).toEqual([
    'mail',
    'id',
    'at',
  ])
  expect(withNeeded({ ...all, cursorField: ['at'] })).toEqual({ ...all, cursorField: ['at'] })
})
