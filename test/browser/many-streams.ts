import { chmod } from 'node:fs/promises'
import { join } from 'node:path'

/** An Airbyte connector that wants a token, and has many streams of which only every tenth knows what is new. */
export const manyStreams: Readonly<Record<string, string>> = {
  source: `#!/usr/bin/env node
const [verb] = process.argv.slice(2)
const say = (message) => console.log(JSON.stringify(message))
const token = { type: 'string', title: 'Token', airbyte_secret: true, order: 0 }
const connectionSpecification = { type: 'object', required: ['token'], properties: { token } }
const fields = { id: { type: 'integer' }, mail: { type: 'string' }, at: { type: 'string', format: 'date-time' } }
const stream = (i) => ({
  name: 'table_' + String(i).padStart(3, '0'),
  json_schema: { type: 'object', properties: fields },
  supported_sync_modes: i % 10 === 0 ? ['full_refresh', 'incremental'] : ['full_refresh'],
  source_defined_primary_key: [['id']],
  ...(i % 10 === 0 ? { default_cursor_field: ['at'] } : {}),
})
if (verb === 'spec') say({ type: 'SPEC', spec: { connectionSpecification } })
if (verb === 'check') say({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } })
if (verb === 'discover') say({ type: 'CATALOG', catalog: { streams: Array.from({ length: 300 }, (_, i) => stream(i)) } })
`,
}

/** Programs are started by name: they must be allowed to be. */
export const allowPrograms = (dir: string) => chmod(join(dir, 'source'), 0o755)
