import { expect, it } from 'vitest'
import { bigQueryDialect } from '../bigquery/index.js'
import { stateChanges } from './stored-states.js'

const row = {
  ...{ stream: 's', state: '{"at":1}', mode: '{}', accepted: '[1]', names: '{"a":"b"}', cleared: null },
  ...{ generation_id: 1, sync_id: 4, updated_at: '2024-01-01T00:00:00Z' },
}

it('writes of a state what changed, where it still is the one that was read', () => {
  const after = { ...row, state: '{"at":2}', sync_id: 5, reach: undefined }
  const [one, ...others] = stateChanges(bigQueryDialect, 'c', [row], [after])
  expect(others).toEqual([])
  expect(one?.sql).toBe(
    'update `_millrace`.`stream_state` set `sync_id` = cast(? as int64), `state` = cast(? as string) where `connection` = ? and `stream` = ? and `sync_id` = 4',
  )
  expect(one?.params).toEqual([5, '{"at":2}', 'c', 's'])
})
