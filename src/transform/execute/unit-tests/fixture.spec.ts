import { expect, test } from 'vitest'
import { guessedColumns } from './fixture.js'

test('dates of YAML, which are texts, are guessed as moments, and other texts as texts', () => {
  const rows = [
    { day: '2030-01-31', at: '2030-01-31 09:30:00', text: '2030-01-31', id: 1 },
    { day: null, at: '2030-02-01T09:30', text: 'soon', id: 2 },
  ]
  expect(guessedColumns(rows)).toEqual([
    { name: 'day', type: 'timestamp' },
    { name: 'at', type: 'timestamp' },
    { name: 'text', type: 'varchar' },
    { name: 'id', type: 'bigint' },
  ])
})
