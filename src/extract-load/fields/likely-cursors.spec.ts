import { expect, it } from 'vitest'
import { likelyCursors } from './likely-cursors.js'

it('lists what can be a cursor, what was changed last before what was made, before numbers', () => {
  const columns = [
    ...(['amount', 'id', 'note'] as const).map((name, i) => ({
      name,
      kind: (['decimal', 'integer', 'text'] as const)[i] ?? 'text',
    })),
    { name: 'customer_id', kind: 'integer' },
    { name: 'created_at', kind: 'timestamp' },
    { name: 'born', kind: 'date' },
    { name: 'is_updated', kind: 'boolean' },
    { name: 'changes', kind: 'json' },
    { name: 'modified', kind: 'timestamptz' },
    { name: 'updated_at', kind: 'text' },
    { name: 'float', kind: 'text' },
  ] as const
  expect(likelyCursors(columns).map(({ name }) => name)).toEqual([
    'modified',
    'updated_at',
    'created_at',
    'born',
    'id',
    'customer_id',
    'amount',
  ])
})
