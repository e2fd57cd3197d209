import { expect, it } from 'vitest'
import type { ConnectionSpec } from '../contract/index.js'
import { connectionChanges } from './connection-changes.js'

const connection = (name: string, yaml: string) =>
  ({
    name,
    yaml,
    file: `extract_load/${name}.yaml`,
    sourceConnector: 'postgres',
    destinationConnector: 'warehouse',
  }) as unknown as ConnectionSpec

it('tells what was made, changed and removed, and nothing of the rest', () => {
  const before = {
    connections: [connection('a', 'name: a\n'), connection('b', 'name: b\nx: 1\ny: 2\nz: 3\n'), connection('c', '')],
  }
  const after = {
    connections: [connection('a', 'name: a\n'), connection('b', 'name: b\nx: 1\ny: 2\nz: 4\n'), connection('d', '')],
  }
  expect(connectionChanges(before, after)).toEqual([
    { connection: 'b', type: 'settings_changed', by: 'file', message: '  y: 2\n- z: 3\n+ z: 4' },
    { connection: 'd', type: 'created', by: 'file', message: 'postgres → warehouse, extract_load/d.yaml' },
    { connection: 'c', type: 'removed', by: 'file', message: 'extract_load/c.yaml is gone' },
  ])
})
it('the first definitions make all of their connections', () => {
  expect(connectionChanges(undefined, { connections: [connection('a', '')] }).map(({ type }) => type)).toEqual([
    'created',
  ])
})
it('a file that was written anew is told by its first lines', () => {
  const lines = (word: string) => Array.from({ length: 100 }, (_, i) => `${word} ${i}`).join('\n')
  const [event] = connectionChanges(
    { connections: [connection('a', lines('old'))] },
    { connections: [connection('a', lines('new'))] },
  )
  expect(event?.message.split('\n')).toHaveLength(41)
  expect(event?.message).toMatch(/… 160 more lines$/)
})
