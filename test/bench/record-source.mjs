// A connector that has its messages ready in a file and writes them as fast as somebody reads.
import { readFileSync, writeSync } from 'node:fs'

const [verb, , configPath] = process.argv.slice(2)
const { messages, schema } = JSON.parse(readFileSync(configPath, 'utf8'))
const write = (bytes) => {
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(1, bytes, at, Math.min(65_536, bytes.length - at))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
}
const catalog = {
  streams: [{ name: 'users', json_schema: schema, supported_sync_modes: ['full_refresh', 'incremental'] }],
}
if (verb === 'discover') write(Buffer.from(`${JSON.stringify({ type: 'CATALOG', catalog })}\n`))
else write(readFileSync(messages))
