import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordedDagster } from '../support/recorded-dagster.js'
import { smallProject } from './small-project.js'
import { millraceIn, writeFiles } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
beforeEach(async () => {
  folder = await smallProject()
})
afterEach(() => folder.remove())

it('imports a Dagster: its assets are those of the project once definitions.ts takes the file', async () => {
  const dagster = await recordedDagster()
  const millrace = millraceIn(folder.dir)
  try {
    const { code, stdout, stderr } = await millrace('import', 'dagster', '--url', dagster.url)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain("import { imported } from './imported_dagster.js'")
    await writeFiles(folder.dir, {
      'package.json': '{"type": "module"}',
      'orchestration/definitions.ts':
        "import { defineProject } from 'millrace'\nimport { imported } from './imported_dagster.js'\nexport default defineProject(...imported)\n",
    })
    const assets = JSON.parse((await millrace('assets', '--json')).stdout) as { key: string }[]
    expect(assets.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['reports/letter', 'sales/weekly', 'raw/orders', 'main/revenue']),
    )
  } finally {
    await dagster.close()
  }
})

it('imports an Airbyte export: files, states in the warehouse, and what is refused with what to do', async () => {
  const streams = [
    { stream: { name: 'orders' }, config: { syncMode: 'incremental', destinationSyncMode: 'append', selected: true } },
  ]
  const answers = {
    sources: [{ sourceId: 's', name: 'GitHub', sourceType: 'github', configuration: { token: '**********' } }],
    destinations: [{ destinationId: 'd', name: 'Lake', destinationType: 'duckdb', configuration: { schema: 'lake' } }],
    connections: [
      { connectionId: 'c', name: 'Hub', sourceId: 's', destinationId: 'd', status: 'active', syncCatalog: { streams } },
    ],
    states: [
      {
        connectionId: 'c',
        stateType: 'stream',
        streamState: [{ streamDescriptor: { name: 'orders' }, streamState: { page: 7 } }],
      },
    ],
  }
  await writeFiles(folder.dir, { 'export.json': JSON.stringify(answers) })
  const millrace = millraceIn(folder.dir)
  const { code, stdout } = await millrace('import', 'airbyte', '--from', 'export.json')
  expect(code).toBe(0)
  expect(stdout).toContain('hub (Hub): airbyte/source-github:latest → warehouse, 1 stream, 1 with a state')
  expect(stdout).toContain('HUB_TOKEN: source.config.token of hub.')
  const none = await millrace('import', 'airbyte')
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--from export.json')])
})
