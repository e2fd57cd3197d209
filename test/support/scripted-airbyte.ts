import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./scripted-source.mjs', import.meta.url))

export const integer = { type: 'integer' }
export const number = { type: 'number' }
export const text = { type: 'string' }

/** An Airbyte connector with a stream `s`, as YAML. @param lines the data of records as they are written, or whole messages */
export function airbyte(properties: object, lines: readonly string[], more: object = {}): string {
  const streams = [{ name: 's', json_schema: { properties }, supported_sync_modes: ['full_refresh', 'incremental'] }]
  const script = lines.map((line) => ({
    raw: line.startsWith('{"type":') ? line : `{"type":"RECORD","record":{"stream":"s","data":${line},"emitted_at":1}}`,
  }))
  return `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify({ streams, script, ...more })} } }`
}
