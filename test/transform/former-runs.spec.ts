import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

describe('retry', () => {
  test('runs what failed and what was skipped for it, with the same command, and nothing else', async () => {
    const project = new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/b.sql': "select * from {{ ref('a') }} where {{ var('broken', 'nonsense') }}",
      'models/c.sql': "select * from {{ ref('b') }}",
    })
    expect((await project.dbt('build')).code).toBe(1)
    project.write({ 'models/b.sql': "select * from {{ ref('a') }}" })
    const { code, results } = await project.dbt('retry')
    expect(code).toBe(0)
    expect(Object.keys(results)).toEqual(['b', 'c'])
  })

  test('has nothing to do after a run that succeeded', async () => {
    const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
    await project.dbt('build')
    mkdirSync(join(project.dir, 'former'))
    cpSync(join(project.dir, 'target/run_results.json'), join(project.dir, 'former/run_results.json'))
    const { code, output } = await project.dbt('retry --state former')
    expect(code).toBe(0)
    expect(output).toContain('Nothing to retry: everything in the former run succeeded.')
  })

  test('says what it lacks', async () => {
    const { code, output } = await new TempProject({ 'models/a.sql': 'select 1 as id' }).dbt('retry')
    expect(code).toBe(2)
    expect(output).toContain("Could not find previous run in 'target' target directory")
  })

  test('takes --full-refresh, and says which artifact cannot be read', async () => {
    const project = new TempProject({
      'models/a.sql':
        "{{ config(materialized='incremental') }} select {{ 1 if flags.FULL_REFRESH else 'nonsense' }} as id",
    })
    await project.dbt('run')
    const copy = () => cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
    copy()
    expect((await project.dbt('retry --state former')).code).toBe(1)
    expect((await project.dbt('retry --state former --full-refresh')).code).toBe(0)

    project.write({ 'former/run_results.json': '{ "results": [] }', 'former/sources.json': '{}' })
    expect((await project.dbt('retry --state former')).output).toContain('does not say which command it is of')
    // Of what nobody asks for nothing is said.
    expect((await project.dbt('ls --select state:old --state former')).output).toContain('shop.a')
    expect((await project.dbt('ls --select source_status:fresher+ --state former')).output).toContain(
      'sources.json lists no results',
    )
  })
})

const withoutHooks = '{ source_freshness_run_project_hooks: false }'

describe('source freshness', () => {
  const withSource = (loadedAt: string, more = 'warn_after: { count: 1, period: day }') =>
    new TempProject({
      'models/a.sql': `{{ config(materialized='table') }} select ${loadedAt} as loaded_at`,
      'models/sources.yml': `
sources:
  - name: raw
    schema: main
    loaded_at_field: loaded_at
    tables:
      - name: a
        freshness: { ${more}, error_after: { count: 3, period: day } }
      - name: unchecked
`,
    })

  test.each([
    ['now()', 'pass', 0, 'PASS freshness of raw.a'],
    ["now() - interval '2 days'", 'warn', 0, 'WARN freshness of raw.a'],
    ["now() - interval '9 days'", 'error', 1, 'ERROR STALE freshness of raw.a'],
  ])('%s is %s', async (loadedAt, status, expected, printed) => {
    const project = withSource(loadedAt)
    await project.dbt('run')
    const { code, output } = await project.dbt('source freshness')
    expect(output).toContain(printed)
    expect(code).toBe(expected)
    const { results } = JSON.parse(project.read('target/sources.json')) as { results: unknown[] }
    expect(results).toEqual([expect.objectContaining({ unique_id: 'source.shop.raw.a', status })])
  })

  test('a query with templates says it too, and what says nothing is refused', async () => {
    const project = withSource('now()')
    const yaml = project.read('models/sources.yml')
    await project.dbt('run')
    const query = 'loaded_at_query: "select max(loaded_at) from {{ this }} where {{ current_timestamp() }} is not null"'
    project.write({ 'models/sources.yml': yaml.replace('loaded_at_field: loaded_at', query) })
    expect((await project.dbt('source freshness')).output).toContain('PASS freshness of raw.a')
    project.write({ 'models/sources.yml': yaml.replace('    loaded_at_field: loaded_at\n', '') })
    expect((await project.dbt('parse --warn-error')).output).toContain(
      "A loaded_at_field must be specified for source 'raw.a'.",
    )
    const { code, output } = await project.dbt('source freshness')
    expect(code).toBe(1)
    expect(output).toContain("no 'loaded_at_field' provided and duckdb adapter does not support metadata-based")
  })

  test('a hook that fails at the start keeps it from asking', async () => {
    const project = withSource('now()')
    await project.dbt('run')
    project.write({ 'dbt_project.yml': "name: shop\nprofile: shop\non-run-start: ['select nonsense']\n" })
    const { code, output } = await project.dbt('source freshness')
    expect(code).toBe(1)
    expect(output).not.toContain('freshness of raw.a')
    expect(output).toMatch(/shop\.on-run-start\.0 failed, error:\n[\s\S]*nonsense/)
    project.write({ 'dbt_project.yml': `${project.read('dbt_project.yml')}flags: ${withoutHooks}\n` })
    const without = await project.dbt('source freshness')
    expect(without.code).toBe(0)
    expect(without.output).toContain('[SourceFreshnessProjectHooksNotRun]')
  })

  test('a macro written for older versions, which answers only a table, still works', async () => {
    const project = withSource('now()')
    project.write({
      'macros/collect.sql': `{% macro collect_freshness(source, loaded_at_field, filter) %}
        {{ return(run_query('select max(' ~ loaded_at_field ~ '), now() from ' ~ source)) }}
      {% endmacro %}`,
    })
    await project.dbt('run')
    const { code, output } = await project.dbt('source freshness')
    expect(code, output).toBe(0)
    expect(output).toContain('[CollectFreshnessReturnSignature]')
  })

  test('source_status says which of the two results is missing', async () => {
    const project = withSource('now()')
    const select = 'ls --select source_status:fresher --state former'
    expect((await project.dbt(select)).output).toContain('Internal Error\n  No previous state comparison freshness')
    project.write({ 'former/sources.json': '{"results": []}' })
    expect((await project.dbt(select)).output).toContain('Internal Error\n  No current state comparison freshness')
  })

  test('a table that is not there is an error of its own', async () => {
    const { code, output } = await withSource('now()').dbt('source freshness')
    expect(code).toBe(1)
    expect(output).toContain('Table with name a does not exist')
  })
})

describe('state', () => {
  test('tells what changed since the manifest of --state, and defers to it', async () => {
    const project = new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/b.sql': "select * from {{ ref('a') }}",
    })
    await project.dbt('parse')
    cpSync(join(project.dir, 'target'), join(project.dir, 'prod'), { recursive: true })
    const manifest = project.read('prod/manifest.json').replaceAll('"schema":"main"', '"schema":"prod"')
    writeFileSync(join(project.dir, 'prod/manifest.json'), manifest)
    project.write({ 'models/b.sql': "select id from {{ ref('a') }}" })
    expect((await project.dbt('ls --quiet --select state:modified.body --state prod')).output).toBe('shop.b')
    await project.dbt('compile --select b --defer --state prod')
    expect(project.read('target/compiled/shop/models/b.sql')).toBe('select id from "shop"."prod"."a"')
  })

  test('needs a folder with artifacts', async () => {
    const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
    expect((await project.dbt('ls --select state:new --state nowhere')).output).toContain('no comparison manifest')
    expect((await project.dbt('run --defer')).output).toContain('--state or --defer-state are required for deferral')
  })
})

describe('deps', () => {
  test('installs a package from a git repository, at its revision', async () => {
    const project = new TempProject({
      'lib/dbt_project.yml': 'name: lib\n',
      'lib/macros/one.sql': '{% macro one() %}1{% endmacro %}',
      'models/a.sql': 'select {{ lib.one() }} as id',
    })
    const repository = join(project.dir, 'lib')
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args])
    git('init', '--quiet', '--initial-branch', 'main')
    git('add', '.')
    git('commit', '--quiet', '-m', 'first')
    git('tag', 'v1')
    project.write({ 'packages.yml': `packages:\n  - git: file://${repository}\n    revision: v1\n` })
    expect((await project.dbt('build')).output).toContain('Run "dbt deps"')
    const { code, output } = await project.dbt('deps')
    expect(code, output).toBe(0)
    expect(existsSync(join(project.dir, 'dbt_packages/lib/macros/one.sql'))).toBe(true)
    expect((await project.dbt('build')).code).toBe(0)
  })
})
