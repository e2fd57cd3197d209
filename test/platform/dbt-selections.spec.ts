import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runDetailSchema } from '../../src/server/contract/index.js'
import { eventually, millrace } from '../support/millrace.js'
import { runningProject } from './running-project.js'

const model = (sql: string) => ({ sql })
const models = {
  'staging/stg': model('select 1 as id'),
  'marts/sales': model("{{ config(materialized='incremental') }} select id from {{ ref('stg') }}"),
  'marts/report': model("select id from {{ ref('sales') }}"),
}
const files = {
  'millrace.yaml': 'name: shop\nwarehouse: { profile: shop, target: dev }\n',
  'transformation/dbt/dbt_project.yml': "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/selectors.yml':
    'selectors:\n  - name: ours\n    definition: { method: path, value: models/marts }\n',
  ...Object.fromEntries(
    Object.entries(models).map(([path, { sql }]) => [`transformation/dbt/models/${path}.sql`, sql]),
  ),
  'orchestration/definitions.ts': `import { asset, defineProject, schedule } from 'millrace'
export default defineProject(
  asset('reports/mail', { deps: ['main/report'], run: () => {} }),
  schedule('nightly', { cron: '0 5 * * *', target: 'path:models/marts' }),
)
`,
}

describe('selections that dbt understands', { timeout: 120_000 }, () => {
  const project = runningProject(files)
  const selected = async (selection: string) => {
    const command = millrace(project.dir, ['assets', selection, '--json'])
    await command.ended
    const [found] = command
      .output()
      .split('\n')
      .filter((line) => line.startsWith('['))
    return found === undefined
      ? command.output()
      : (JSON.parse(found) as { key: string }[]).map(({ key }) => key).sort()
  }
  const run = async (selection: string) => {
    const { runId } = await project.up.post<{ runId: string }>('/materialize', { selection })
    return eventually('the run ends', async () => {
      const found = runDetailSchema.parse(await project.up.get(`/runs/${runId}`))
      return found.endedAt !== undefined && found
    })
  }

  it('name assets by its methods and by whatever it can say, joined with the others', async () => {
    expect(await selected('path:models/marts')).toEqual(['main/report', 'main/sales'])
    expect(await selected('config.materialized:incremental+')).toEqual(['main/report', 'main/sales', 'reports/mail'])
    expect(await selected('dbt:"path:models/marts,config.materialized:view stg"')).toEqual(['main/report', 'main/stg'])
    expect(await selected('selector:ours not dbt:"+sales"')).toEqual(['main/report'])
    expect(await selected('resource_type:seed')).toContain('No asset matches `resource_type:seed`')
    expect(await selected('state:nope')).toContain('nope')
  })

  it('are asked by the page, with parentheses as well, and say what is wrong with them', async () => {
    const asked = (q: string) => project.up.get<{ keys: string[] }>(`/selection?q=${encodeURIComponent(q)}`)
    expect((await asked('roots(path:models/marts) or reports/mail')).keys.sort()).toEqual([
      'main/sales',
      'reports/mail',
    ])
    await expect(asked('(main/sales')).rejects.toThrow('cannot be read')
    await expect(asked('')).rejects.toThrow('The selection is empty')
  })

  it('are targets of schedules', async () => {
    const asset = await project.up.get<{ automation: { schedules?: unknown } }>('/assets/main%2Fsales')
    expect(JSON.stringify(asset.automation)).toContain('nightly')
    expect(JSON.stringify(await project.up.get('/assets/main%2Fstg'))).not.toContain('nightly')
  })

  it('are asked when the run is planned: what was changed since it ran', async () => {
    expect((await run('*')).status).toBe('succeeded')
    await appendFile(join(project.dir, 'transformation/dbt/models/marts/report.sql'), ' where id > 0\n')
    const after = await eventually('the change is seen', async () => {
      const found = await run('state:modified').catch(() => undefined)
      return found?.status === 'succeeded' && found
    })
    expect(after.selection).toBe('state:modified')
    expect(after.steps.flatMap(({ assets }) => assets)).toEqual(['main/report'])
  })
})
