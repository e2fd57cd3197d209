import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const yaml = (config: string, relation = "ref('people')") => `
snapshots:
  - name: history
    relation: ${relation}
    config: { unique_key: id, ${config} }
`
const people = (...rows: string[]) => `id,name,changed\n${rows.join('\n')}\n`
const at = (day: number) => `2024-01-0${day} 00:00:00`

describeEngines('snapshots', (makeProject) => {
  const start = (config: string) =>
    makeProject({
      'seeds/people.csv': people(`1,Ann,${at(1)}`, `2,Bob,${at(1)}`),
      'snapshots/history.yml': yaml(config),
    })
  type Project = Awaited<ReturnType<typeof makeProject>>
  const next = async (project: Project, csv: string) => {
    project.write({ 'seeds/people.csv': csv })
    const { code, output } = await project.dbt('build --full-refresh')
    expect(code, output).toBe(0)
  }
  const versions = async (project: Project, more = '') =>
    (
      await project.rows(`select id, name, dbt_valid_to is null as holds${more} from main.history order by 1, 3, 2`)
    ).map((row) => Object.values(row).join(' '))

  it('timestamp: a row that is newer than the one that is kept begins a version', async () => {
    const project = await start('strategy: timestamp, updated_at: changed')
    await next(project, people(`1,Ann,${at(1)}`, `2,Bob,${at(1)}`))
    await next(project, people(`1,Anna,${at(2)}`, `2,Rob,${at(1)}`, `3,Cid,${at(2)}`))
    expect(await versions(project)).toEqual(['1 Ann false', '1 Anna true', '2 Bob true', '3 Cid true'])
    const [kept] = await project.rows(
      'select dbt_valid_to as until from main.history where id = 1 and dbt_valid_to is not null',
    )
    expect(kept?.until).toBe('2024-01-02T00:00:00')
  })

  it('check: a row that differs in the columns that count begins a version', async () => {
    const project = await start('strategy: check, check_cols: [name]')
    await next(project, people(`1,Ann,${at(1)}`, `2,Bob,${at(1)}`))
    await next(project, people(`1,Ann,${at(5)}`, `2,Rob,${at(1)}`))
    expect(await versions(project)).toEqual(['1 Ann true', '2 Bob false', '2 Rob true'])
  })

  it('check of all columns sees those that are new', async () => {
    const project = await start('strategy: check, check_cols: all')
    await next(project, people(`1,Ann,${at(1)}`))
    await next(project, 'id,name,changed,more\n1,Ann,2024-01-01 00:00:00,x\n')
    const rows = await project.rows('select more, dbt_valid_to is null as holds from main.history order by 2')
    expect(rows).toEqual([
      { more: null, holds: false },
      { more: 'x', holds: true },
    ])
  })

  it.each([
    ['ignore', ['1 Ann true', '2 Bob true']],
    ['invalidate', ['1 Ann true', '2 Bob false']],
  ])('rows that are gone, with hard_deletes: %s', async (mode, expected) => {
    const project = await start(`strategy: timestamp, updated_at: changed, hard_deletes: ${mode}`)
    await next(project, people(`1,Ann,${at(1)}`, `2,Bob,${at(1)}`))
    await next(project, people(`1,Ann,${at(1)}`))
    expect(await versions(project)).toEqual(expected)
  })

  it('rows that are gone and come back, with hard_deletes: new_record', async () => {
    const project = await start('strategy: timestamp, updated_at: changed, hard_deletes: new_record')
    await next(project, people(`1,Ann,${at(1)}`, `2,Bob,${at(1)}`))
    await next(project, people(`1,Ann,${at(1)}`))
    await next(project, people(`1,Ann,${at(1)}`))
    expect(await versions(project, ', dbt_is_deleted')).toEqual([
      '1 Ann true False',
      '2 Bob false False',
      '2 Bob true True',
    ])
    await next(project, people(`1,Ann,${at(1)}`, `2,Bob,${at(3)}`))
    expect(await versions(project, ', dbt_is_deleted')).toEqual([
      '1 Ann true False',
      '2 Bob false False',
      '2 Bob false True',
      '2 Bob true False',
    ])
  })

  it('columns of its own may have other names, and rows that hold another end than null', async () => {
    const project = await start(
      `strategy: timestamp, updated_at: changed, dbt_valid_to_current: "cast('9999-01-01' as timestamp)", snapshot_meta_column_names: { dbt_valid_to: until, dbt_scd_id: version }`,
    )
    await next(project, people(`1,Ann,${at(1)}`))
    await next(project, people(`1,Anna,${at(2)}`))
    const rows = await project.rows('select name, until from main.history where version is not null order by 2')
    expect(rows).toEqual([
      { name: 'Ann', until: '2024-01-02T00:00:00' },
      { name: 'Anna', until: '9999-01-01T00:00:00' },
    ])
  })

  it('several columns may be the key, in a block as in YAML', async () => {
    const project = await makeProject({
      'seeds/people.csv': people(`1,Ann,${at(1)}`, `1,Bob,${at(1)}`),
      'snapshots/history.sql': `{% snapshot history %}
        {{ config(unique_key=['id', 'name'], strategy='timestamp', updated_at='changed', target_schema='main') }}
        select * from {{ ref('people') }}
      {% endsnapshot %}`,
    })
    await next(project, people(`1,Ann,${at(1)}`, `1,Bob,${at(1)}`))
    await next(project, people(`1,Ann,${at(2)}`, `1,Bob,${at(1)}`))
    expect(await versions(project)).toEqual(['1 Ann false', '1 Ann true', '1 Bob true'])
  })
})
