import { expect, test } from 'vitest'
import { renderEntry } from './yaml-values.js'

test('texts lose the line break at their end, as templates do; what is rendered later keeps it', () => {
  const value = { rows: 'select 1\n', two: 'a\n\n', list: ['x\n', 1], description: 'kept\n', n: 1.5 }
  const source = { file: 'a.yml', values: value, locate: () => ({ file: 'a.yml' }) }
  expect(renderEntry(value, () => ({ get: () => undefined }), source)).toEqual({
    ...{ rows: 'select 1', two: 'a\n', list: ['x', 1], description: 'kept\n', n: 1.5 },
  })
})
