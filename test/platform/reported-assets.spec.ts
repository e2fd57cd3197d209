import { describe, expect, it } from 'vitest'
import { eventually, millrace } from '../support/millrace.js'
import { runningProject } from './running-project.js'

const definitions = `import { readFile } from 'node:fs/promises'
import { asset, defineProject, externalAsset, partitions, when } from 'millrace'

const told = externalAsset('bank/told')
const seen = externalAsset('bank/seen', {
  every: '1s',
  observe: async ({ projectDir }) => ({ dataVersion: (await readFile(projectDir + '/version.txt', 'utf8')).trim() }),
})
export default defineProject(told, seen,
  asset('reports/told', { deps: [told], automation: when.eager(), run: () => {} }),
  asset('reports/seen', { deps: [seen], run: () => {} }),
  asset('reports/days', { partitions: partitions.static(['a', 'b']), run: () => {} }),
)
`

interface Detail {
  readonly health: string
  readonly healthReason?: string
  readonly versions: { readonly data?: string }
  readonly events: readonly { readonly runId: string; readonly message?: string }[]
}

describe('an asset that others make', { timeout: 90_000 }, () => {
  const project = runningProject({
    'millrace.yaml': 'name: reported\n',
    'version.txt': 'v1',
    'orchestration/definitions.ts': definitions,
  })
  const detail = (key: string) => project.up.get<Detail>(`/assets/${encodeURIComponent(key)}`)
  const runsOf = async (asset: string) =>
    (await project.up.get<{ runs: { selection: string; status: string }[] }>('/runs')).runs.filter(({ selection }) =>
      selection.includes(asset),
    )
  const report = async (...args: string[]) => {
    const command = millrace(project.dir, ['assets', 'report', ...args])
    return [(await command.ended).code, command.output()] as const
  }

  it('is reported by who makes it: another version starts what waits for it, the same one does not', async () => {
    const conditions = '/assets/reports%2Ftold/conditions'
    await eventually(
      'its condition is looked at',
      async () => (await project.up.get<{ evaluations: unknown[] }>(conditions)).evaluations.length > 0,
    )
    const [code, said] = await report('bank/told', '--metadata', '{"cleared": true}')
    expect([code, said]).toEqual([2, expect.stringContaining('`cleared` of bank/told')])
    expect((await report('bank/told', '--data-version', '1', '--metadata', '{"rows": 3}'))[0]).toBe(0)
    await eventually('it is made', async () =>
      (await runsOf('reports/told')).some(({ status }) => status === 'succeeded'),
    )
    expect(await detail('bank/told')).toMatchObject({ versions: { data: '1' }, events: [{ message: 'reported' }] })
    await project.up.post('/assets/bank%2Ftold/report', { dataVersion: '1' })
    expect((await detail('reports/told')).health).toBe('fresh')
    await project.up.post('/assets/bank%2Ftold/report', { dataVersion: '2' })
    await eventually('it is made again', async () => (await runsOf('reports/told')).length === 2)
  })

  it('is observed: another version makes what reads it stale', async () => {
    await eventually('it is seen', async () => (await detail('bank/seen')).versions.data === 'v1')
    await project.up.post('/materialize', { selection: 'reports/seen' })
    await eventually('it is made', async () => (await detail('reports/seen')).health === 'fresh')
    await project.write('version.txt', 'v2')
    await eventually('it is stale', async () => (await detail('reports/seen')).health === 'stale')
    expect((await detail('reports/seen')).healthReason).toBe('upstream bank/seen is newer')
    expect((await detail('bank/seen')).events).toHaveLength(2)
  })

  it('names its partitions where it has some', async () => {
    expect(await report('reports/days')).toEqual([2, expect.stringContaining('Which partitions of reports/days')])
    expect((await report('reports/days', '--partition', 'b'))[0]).toBe(0)
    const { counts } = await project.up.get<{ counts: object }>('/assets/reports%2Fdays/partitions')
    expect(counts).toMatchObject({ made: 1, missing: 1 })
    expect(await report('reports/dayz', '--partition', 'b')).toEqual([2, expect.stringContaining('reports/days')])
  })
})
