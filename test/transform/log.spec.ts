import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

interface Line {
  readonly info: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>> & { readonly node_info?: Readonly<Record<string, unknown>> }
}
const parsed = (text: string): Line[] => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
const named = (lines: readonly Line[], name: string) => lines.filter(({ info }) => info.name === name)

const models = {
  'models/orders.sql': "{{ config(materialized='table') }}\n{{ log('seen', info=true) }}select 1 as id",
  'models/broken.sql': 'select * from nowhere',
}

describe('the log of a command', () => {
  test('prints lines of JSON with the names, codes and levels of dbt', async () => {
    const { output, code } = await new TempProject(models).dbt('run --log-format json --threads 1')
    const lines = parsed(output)
    expect(code).toBe(1)
    expect(named(lines, 'MainReportVersion')[0]).toMatchObject({
      data: { log_version: 3, version: '=1.12.6' },
      info: { category: '', code: 'A001', extra: {}, level: 'info', thread: 'MainThread' },
    })
    expect(named(lines, 'AdapterRegistered')[0]?.data).toEqual({ adapter_name: 'duckdb', adapter_version: '=1.11.1' })
    const results = named(lines, 'LogModelResult')
    expect(results.map(({ info, data }) => [data.description, data.status, info.level]).sort()).toEqual([
      ['sql table model main.orders', 'OK', 'info'],
      ['sql view model main.broken', 'error', 'error'],
    ])
    expect(results.find(({ info }) => info.level === 'info')?.data.node_info).toMatchObject({
      unique_id: 'model.shop.orders',
      node_status: 'success',
      materialized: 'table',
      node_relation: { schema: 'main', alias: 'orders' },
    })
    expect(named(lines, 'JinjaLogInfo').at(-1)?.data).toMatchObject({ msg: 'seen', node_info: { node_name: 'orders' } })
    expect(named(lines, 'StatsLine')[0]?.data.stats).toMatchObject({ pass: 1, error: 1, total: 2 })
  })

  test('is kept in logs/dbt.log at the level debug, with the SQL that was sent', async () => {
    const project = new TempProject(models)
    await project.dbt('run --select orders')
    const text = project.read('logs/dbt.log')
    expect(text).toMatch(/={30} \d\d:\d\d:\d\d\.\d{6} \| [0-9a-f-]{36} ={30}/)
    expect(text).toMatch(/\d\.\d{6} \[debug\] \[Thread-1 \(\]: On model\.shop\.orders: /)
    expect(text).toContain('Command `dbt run --select orders` succeeded')
  })

  test('goes where --log-path says, in the format of --log-format-file, and nowhere at the level none', async () => {
    const project = new TempProject(models)
    await project.dbt('parse --log-path other --log-format-file json')
    expect(named(parsed(project.read('other/dbt.log')), 'CommandCompleted')[0]?.data).toMatchObject({ success: true })
    const silent = await project.dbt('parse --log-level none --log-level-file none')
    expect([silent.output, existsSync(join(project.dir, 'logs'))]).toEqual(['', false])
  })

  test('begins a new file when the old one is full', async () => {
    const project = new TempProject(models)
    await project.dbt('parse --log-file-max-bytes 600')
    await project.dbt('parse --log-file-max-bytes 600')
    expect(existsSync(join(project.dir, 'logs/dbt.log.1'))).toBe(true)
  })

  test('--quiet leaves errors and what was asked for', async () => {
    const { output } = await new TempProject(models).dbt('run --quiet')
    expect(output).toContain('ERROR creating sql view model main.broken')
    expect(output).not.toContain('Running with dbt')
  })

  test('masks secrets, wherever they come up', async () => {
    const project = new TempProject({
      'models/a.sql': "select 1 as id\n-- {{ log('it is sesame-open', info=true) }}",
    })
    const { output } = await project.dbt('run', { env: { DBT_ENV_SECRET_WORD: 'sesame-open' } })
    expect(output + project.read('logs/dbt.log')).not.toContain('sesame-open')
    expect(output).toContain('it is *****')
  })

  test('masks values of --vars with a secret name in what is printed, logged and written', async () => {
    const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
    const vars = '{DBT_ENV_SECRET_word: sesame-open, day: monday}'
    const { output } = await project.dbt(['run', '--debug', '--vars', vars])
    const written = project.read('logs/dbt.log') + project.read('target/run_results.json')
    expect(output + written).not.toContain('sesame-open')
    expect(JSON.parse(project.read('target/run_results.json')).args.vars).toEqual({
      DBT_ENV_SECRET_word: '*****',
      day: 'monday',
    })
    expect(output).toContain("vars: {'DBT_ENV_SECRET_word': '*****', 'day': 'monday'}")
    project.write({ 'models/a.sql': "select {{ var('absent') }} as id" })
    expect((await project.dbt(['run', '--vars', vars])).output).toMatch(
      /Vars supplied to shop = \{\n +"DBT_ENV_SECRET_word": "\*\*\*\*\*",\n +"day": "monday"\n +\}/,
    )
  })
})

describe('warnings', () => {
  const nothing = 'run --select nothing_like_this'
  test('are errors with --warn-error, and all but some with its options', async () => {
    const project = new TempProject(models)
    const strict = await project.dbt(`${nothing} --warn-error`)
    expect(strict.code).toBe(2)
    expect(strict.output).toContain('Compilation Error')
    const options = ['--warn-error-options', '{error: all, warn: [NothingToDo, Note, NoNodesForSelectionCriteria]}']
    expect((await project.dbt([...nothing.split(' '), ...options])).code).toBe(0)
  })

  test('that dbt only said are no errors where the project does not want all of them to be', async () => {
    const project = new TempProject(models)
    const compared = 'ls --state target --warn-error'
    expect((await project.dbt(compared)).code).toBe(2)
    const setting = 'flags: { require_all_warnings_handled_by_warn_error: false }\n'
    project.write({ 'dbt_project.yml': `name: shop\nprofile: shop\n${setting}` })
    expect((await project.dbt(compared)).code).toBe(0)
  })

  test('of tests make them fail, unless they are left out', async () => {
    const project = new TempProject({ ...models, 'tests/few.sql': "{{ config(severity='warn') }}select 1" })
    const statusWith = async (options: string) =>
      (await project.dbt(['test', '--select', 'few', '--warn-error-options', options])).results.few?.status
    expect(await statusWith('{error: all}')).toBe('fail')
    expect(await statusWith('{error: all, warn: [LogTestResult]}')).toBe('warn')
  })

  test('can be silenced by the project', async () => {
    const project = new TempProject({
      ...models,
      'dbt_project.yml':
        'name: shop\nprofile: shop\nflags:\n  warn_error_options:\n    silence: [NothingToDo, TestsConfigDeprecation]\n',
    })
    expect((await project.dbt(nothing)).output).not.toContain('Nothing to do')
  })

  test('that only dbt v2 knows may be named', async () => {
    const options = ['--warn-error-options', '{silence: [StaticAnalysis, DeprecatedModel]}']
    expect((await new TempProject(models).dbt(['parse', ...options])).code).toBe(0)
  })

  test.each([
    ['{error: [Nonsense]}', 'Nonsense is not a valid dbt error name'],
    ['{error: all, include: all}', 'Only `include` or `error` can be specified'],
    ['nonsense', 'is not valid YAML'],
  ])('--warn-error-options %s is refused', async (options, expected) => {
    const { code, output } = await new TempProject(models).dbt(['parse', '--warn-error-options', options])
    expect([code, output]).toEqual([2, expect.stringContaining(expected)])
  })

  test('of deprecated ways are counted at the end', async () => {
    const { output } = await new TempProject(models).dbt('run -m orders')
    expect(output).toContain('[WARNING][ModelParamUsageDeprecation]: Deprecated functionality')
    expect(output).toContain('- ModelParamUsageDeprecation: 1 occurrence')
  })
})

describe('flags', () => {
  test('come from the environment and from dbt_project.yml, the command line first', async () => {
    const project = new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nflags: {printer_width: 60, fail_fast: true}\n',
      'macros/say.sql':
        '{% macro say() %}{{ print(flags.FAIL_FAST ~ flags.PRINTER_WIDTH ~ flags.QUIET) }}{% endmacro %}',
    })
    expect((await project.dbt('run-operation say', { env: { DBT_ENGINE_QUIET: '1' } })).output).toBe('True60True')
    const said = await project.dbt('run-operation say --no-fail-fast', { env: { DBT_QUIET: 'true' } })
    expect(said.output).toBe('False60True')
    expect((await project.dbt('run-operation say --quiet --no-print')).output).toBe('')
    expect((await project.dbt('parse', { env: { DBT_QUIET: 'maybe' } })).output).toContain('is not a valid boolean')
  })

  test.each([
    ['log_level: verbose', 'The flag \'log_level\' cannot be "verbose": it is one of debug, info, warn, error, none.'],
    ['log_format: csv', 'The flag \'log_format\' cannot be "csv": it is one of text, debug, json, default.'],
    ['printer_width: wide', 'The flag \'printer_width\' cannot be "wide": it is a whole number.'],
  ])('%s in dbt_project.yml is refused', async (flag, message) => {
    const { code, output } = await new TempProject({
      'dbt_project.yml': `name: shop\nprofile: shop\nflags: { ${flag} }\n`,
    }).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(`Encountered an error:\nRuntime Error\n  ${message}`)
  })

  test('that mean what is not here are refused', async () => {
    const { code, output } = await new TempProject({}).dbt('parse --use-v2-parser')
    expect([code, output]).toEqual([2, expect.stringContaining('--use-v2-parser is not supported')])
  })
})

test('tells what the process took where it is asked to', async () => {
  const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
  expect((await project.dbt('parse')).output).not.toContain('Resource report')
  expect((await project.dbt('parse', { env: { DBT_SHOW_RESOURCE_REPORT: '1' } })).output).toContain('Resource report')
})
