import { expect, it } from 'vitest'
import { writtenConnection } from './written-connection.js'

const text = `name: crm
source: { connector: postgres, config: { host: '\${HOST}', password: '\${CRM_PASSWORD}' } }
destination: { schema: '\${SCHEMA:-raw}', cdc_deletes: soft }
streams:
  people:
    sync_mode: incremental
    primary_key: id
    mappers: [{ type: encryption, field: phone, key: '\${PHONE_KEY}' }, { type: hashing, field: mail }]
schedule: { cron: ['0 1 * * *', '0 2 * * *'] }
`

it('has the names of variables, and what is usual where nothing is said', () => {
  expect(writtenConnection(text, 'crm.yaml')).toMatchObject({
    source: { config: { host: '${HOST}', password: '${CRM_PASSWORD}' } },
    destination: { connector: 'warehouse', schema: '${SCHEMA:-raw}', cdcDeletes: 'soft' },
    streams: [
      {
        name: 'people',
        destinationSyncMode: 'append_dedup',
        primaryKey: [['id']],
        mappers: [{ key: '${PHONE_KEY}' }, { method: 'SHA-256' }],
      },
    ],
    schemaChanges: 'propagate_columns',
    schedule: { cron: ['0 1 * * *', '0 2 * * *'], timezone: 'UTC' },
  })
})

it('cannot be told where a variable stands for what is no text', () => {
  const other = text.replace('primary_key: id', "include_files: '${FILES}'")
  expect(() => writtenConnection(other, 'crm.yaml')).toThrow(
    expect.objectContaining({ code: 'CONNECTION_NOT_EDITABLE', at: expect.objectContaining({ line: 7 }) }),
  )
})
