import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MillraceError } from '../../src/base/index.js'
import { writeManifest } from '../../src/transform/index.js'
import { asWritten } from '../../src/transform/parse/manifest/seed-shape.js'
import { parseProject } from '../../src/transform/parse/parse-project.js'
import { exactJson, readExactJson } from '../../src/transform/python/exact-json.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'partial-'))
  for (const [path, text] of Object.entries(project)) put(path, text)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** What parsings said of themselves. */
const notes: string[] = []

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
const remove = (path: string) => rmSync(join(dir, path), { force: true })

const project = {
  'dbt_project.yml':
    "name: shop\nprofile: shop\nvars: {start: '2020'}\non-run-start: [\"select '{{ var('start') }}'\"]\nmodels:\n  shop:\n    marts: {+materialized: table, +meta: {since: \"{{ var('since', 'ever') }}\"}}\n",
  'models/numbers.sql': "{{ config(meta={'n': 18446744073709551616}) }} select 1 as id",
  'models/unused.sql': "{{ config(enabled=false, meta={'n': 18446744073709551616, 'f': 1.0}) }} select 1 as id",
  'models/numbers.yml':
    'models:\n  - name: numbers\n    columns: [{name: id, meta: {big: 12345678901234567890, f: 1.0}}]\n  - name: unused\n    config: {meta: {big: 12345678901234567890}}\n',
  'profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n    prod: {type: duckdb, path: shop.duckdb, schema: prod}\n',
  'macros/cents.sql': '{% macro cents(c) %}{{ half(c) }} * 2{% endmacro %}',
  'macros/half.sql': "{% macro half(c) %}{{ c }} / 2{% endmacro %}{% macro twice(c) %}{{ ref('c') }}{% endmacro %}",
  'macros/tests.sql':
    '{% test positive(model, column_name) %}{{ config(severity="warn") }}select * from {{ model }} where {{ column_name }} < 0{% endtest %}',
  'models/docs.md': '{% docs words %}Words{% enddocs %}',
  'models/a.sql': "select 1 as id, {{ cents('2') }} as c",
  'models/b.sql': "{{ config(tags=[env_var('COLOUR', 'red')]) }}select * from {{ ref('a') }}",
  'models/marts/c.sql':
    "select '{{ var('start') }}' as s from {{ ref('b') }} join {{ source('raw', 'orders') }} using (id)",
  'models/marts/d.sql': "select * from {{ ref('s') }}",
  'models/schema.yml':
    'models:\n  - name: a\n    description: "{{ doc(\'words\') }}"\n    columns:\n      - name: id\n        data_tests: [unique, not_null, positive]\n  - name: b\n    columns: [{name: id, data_tests: [{relationships: {arguments: {to: "ref(\'a\')", field: id}}}]}]\n',
  'models/sources.yml':
    'sources:\n  - name: raw\n    tables: [{name: orders, columns: [{name: id, data_tests: [unique]}]}]\n',
  'models/more.yml':
    'groups: [{name: g, owner: {name: me}}]\nexposures:\n  - {name: page, type: dashboard, owner: {name: me}, depends_on: ["ref(\'c\')"]}\nunit_tests:\n  - name: u\n    model: b\n    given: [{input: "ref(\'a\')", rows: [{id: 1}]}]\n    expect: {rows: [{id: 1}]}\n',
  'functions/f.sql': 'select v * 2',
  'functions/f.yml': 'functions:\n  - {name: f, arguments: [{name: v, data_type: int}], returns: {data_type: int}}\n',
  'models/marts/h.sql': "select {{ function('f') }}(1) as x",
  'seeds/s.csv': 'id\n1\n',
  'tests/one.sql': "select * from {{ ref('c') }} where 1 = 0",
  'analyses/look.sql': "select * from {{ ref('a') }}",
  'snapshots/snap.sql':
    "{% snapshot snap %}{{ config(strategy='check', unique_key='id', check_cols='all') }}select * from {{ ref('a') }}{% endsnapshot %}",
}

const semantics = (model: string) => `
models:
  - {name: d, time_spine: {standard_granularity_column: day}, columns: [{name: day, granularity: day}]}
semantic_models:
  - name: sm
    model: ref('${model}')
    primary_entity: pk
    defaults: {agg_time_dimension: dd}
    dimensions: [{name: dd, type: time, type_params: {time_granularity: day}}]
    measures: [{name: mm, agg: sum}]
`

interface Setting {
  readonly vars?: Record<string, unknown>
  readonly env?: Record<string, string>
  readonly target?: string
}

/** What a parsing says: the manifest as it is written, and its warnings; or the error. */
async function parsed(setting: Setting, cachePath: string | undefined, out: string) {
  const warnings: string[] = []
  const debug = (message: string) => notes.push(message)
  const log = { debug, info() {}, error() {}, warn: (message: string) => warnings.push(message) }
  try {
    const { manifest, firstLines, keep } = parseProject({
      projectDir: dir,
      env: setting.env ?? {},
      vars: setting.vars ?? {},
      target: setting.target,
      cache: cachePath === undefined ? undefined : { path: () => cachePath },
      logger: { ...log, child: () => log } as never,
    })
    writeManifest(manifest, join(dir, out), { isUntouched: true })
    await keep()
    const { metadata: _, ...written } = readExactJson(readFileSync(join(dir, out, 'manifest.json'), 'utf8')) as {
      metadata: unknown
    }
    const nodes = Object.fromEntries(Object.entries(manifest.nodes).map(([id, node]) => [id, asWritten(node)]))
    const inMemory = readExactJson(exactJson({ ...manifest, nodes, metadata: undefined })) as unknown
    expect(inMemory).toEqual(written)
    return { text: normal(written), warnings: [...new Set(warnings)].sort(), lines: [...firstLines].sort() }
  } catch (error) {
    // What is wrong with a project has a code; anything else is wrong with its parsing.
    if (!(error instanceof MillraceError)) throw error
    return { error: error.code }
  }
}

/** With the order of keys, and without the times of making. */
const normal = (value: unknown) => exactJson(value, { indent: 1 }).replace(/"created_at": [\d.]+/g, '"created_at": 0')

const both = async (setting: Setting = {}) => ({
  partial: await parsed(setting, join(dir, 'target/cache'), 'target'),
  full: await parsed(setting, undefined, 'target-full'),
})

async function expectSame(setting: Setting = {}): Promise<void> {
  const { partial, full } = await both(setting)
  expect(partial).toEqual(full)
}

type Edit = readonly [name: string, apply: () => void]
const edits: readonly Edit[] = [
  ['a body', () => put('models/a.sql', "select 2 as id, {{ cents('3') }} as c")],
  ['a ref more', () => put('models/marts/c.sql', "select * from {{ ref('a') }} join {{ ref('b') }} using (id)")],
  ['a ref to nothing', () => put('models/b.sql', "select * from {{ ref('nobody') }}")],
  ['b as before', () => put('models/b.sql', project['models/b.sql'])],
  ['a circle', () => put('models/a.sql', "select * from {{ ref('marts_e') }}")],
  ['a new model', () => put('models/marts_e.sql', "select * from {{ ref('a') }}")],
  ['a disabled model', () => put('models/marts_e.sql', "{{ config(enabled=false) }}select * from {{ ref('a') }}")],
  ['a model less', () => remove('models/marts_e.sql')],
  [
    'a renamed',
    () => existsSync(join(dir, 'models/a.sql')) && renameSync(join(dir, 'models/a.sql'), join(dir, 'models/aa.sql')),
  ],
  ['aa is no more', () => remove('models/aa.sql')],
  ['a as before', () => put('models/a.sql', project['models/a.sql'])],
  ['a syntax error', () => put('models/a.sql', 'select {{ ')],
  [
    'a macro',
    () =>
      put(
        'macros/half.sql',
        "{% macro half(c) %}{{ config(tags=['half']) }}{{ c }}{% endmacro %}{% macro twice(c) %}{% endmacro %}",
      ),
  ],
  ['a macro as before', () => put('macros/half.sql', project['macros/half.sql'])],
  ['a macro more', () => put('macros/new.sql', '{% macro is_incremental() %}{% endmacro %}')],
  ['a macro less', () => remove('macros/new.sql')],
  [
    'a model that others read is deprecated',
    () => put('models/old.yml', 'models: [{name: d, deprecation_date: 2020-01-01}]\n'),
  ],
  ['a reader of the deprecated model', () => put('models/late.sql', "select * from {{ ref('d') }}")],
  ['nothing is deprecated', () => remove('models/old.yml')],
  ['naming', () => put('macros/naming.sql', '{% macro generate_alias_name(c, node) %}x_{{ node.name }}{% endmacro %}')],
  [
    'naming again',
    () => put('macros/naming.sql', '{% macro generate_alias_name(c, node) %}y_{{ node.name }}{% endmacro %}'),
  ],
  [
    'the test macro',
    () => put('macros/tests.sql', "{% test positive(model, column_name) %}select * from {{ ref('s') }}{% endtest %}"),
  ],
  ['docs', () => put('models/docs.md', '{% docs words %}Other words{% enddocs %}{% docs more %}More{% enddocs %}')],
  ['no docs', () => remove('models/docs.md')],
  ['docs as before', () => put('models/docs.md', project['models/docs.md'])],
  [
    'properties',
    () =>
      put(
        'models/schema.yml',
        'models:\n  - name: a\n    config: {tags: [x], group: g, access: private}\n    columns: [{name: id, data_tests: [unique]}]\n',
      ),
  ],
  [
    'properties of nobody',
    () => put('models/schema.yml', 'models:\n  - name: zzz\n    columns: [{name: id, data_tests: [unique]}]\n'),
  ],
  [
    'properties with versions',
    () => put('models/schema.yml', 'models:\n  - name: a\n    versions: [{v: 1, defined_in: a}]\n'),
  ],
  ['broken properties', () => put('models/schema.yml', 'models: [')],
  ['properties as before', () => put('models/schema.yml', project['models/schema.yml'])],
  ['no properties', () => remove('models/schema.yml')],
  [
    'the key of a elsewhere',
    () => put('models/other.yml', 'seeds:\n  - name: s\n    columns: [{name: id, data_tests: [unique]}]\n'),
  ],
  ['properties of a twice', () => put('models/other.yml', 'models:\n  - name: a\n')],
  ['without those', () => remove('models/other.yml')],
  [
    'sources',
    () =>
      put(
        'models/sources.yml',
        'sources:\n  - name: raw\n    schema: other\n    tables: [{name: orders}, {name: more}]\n',
      ),
  ],
  ['no sources', () => remove('models/sources.yml')],
  ['sources as before', () => put('models/sources.yml', project['models/sources.yml'])],
  [
    'exposures',
    () =>
      put(
        'models/more.yml',
        'exposures:\n  - {name: other, type: ml, owner: {name: me}, depends_on: ["ref(\'d\')"]}\n',
      ),
  ],
  ['exposures as before', () => put('models/more.yml', project['models/more.yml'])],
  ['a function', () => put('functions/f.sql', 'select v * 3')],
  ['no function', () => remove('functions/f.sql')],
  ['the function as before', () => put('functions/f.sql', project['functions/f.sql'])],
  ['a seed', () => put('seeds/s.csv', 'id\n2\n3\n')],
  ['no seed', () => remove('seeds/s.csv')],
  ['the seed as before', () => put('seeds/s.csv', project['seeds/s.csv'])],
  ['a test', () => put('tests/two.sql', "select * from {{ ref('d') }}")],
  [
    'a metric',
    () =>
      put(
        'models/metrics.yml',
        `${semantics('a')}metrics:\n  - {name: met, label: M, type: simple, type_params: {measure: mm}}\n`,
      ),
  ],
  ['another metric', () => put('models/metrics.yml', semantics('b'))],
  ['no metric', () => remove('models/metrics.yml')],
  [
    'a snapshot',
    () =>
      put(
        'snapshots/more.yml',
        'snapshots:\n  - {name: snap2, relation: "ref(\'b\')", config: {strategy: check, unique_key: id, check_cols: all}}\n',
      ),
  ],
  ['no snapshot', () => remove('snapshots/snap.sql')],
  ['the project', () => put('dbt_project.yml', `${project['dbt_project.yml']}    +tags: [all]\n`)],
  ['the project as before', () => put('dbt_project.yml', project['dbt_project.yml'])],
  ['vars of the project', () => put('dbt_project.yml', project['dbt_project.yml'].replace("'2020'", "'2021'"))],
]
const settings: readonly Setting[] = [
  {},
  { vars: { start: '1999' } },
  { vars: { since: 'then', other: 1 } },
  { env: { COLOUR: 'blue' } },
  { env: { OTHER: 'x' } },
  { target: 'prod' },
]

describe('parsing what changed', () => {
  it('says the same when nothing changed', async () => {
    await expectSame()
    await expectSame()
  })

  it.each(edits)('after %s, and back again', async (_, apply) => {
    await expectSame()
    apply()
    await expectSame()
    for (const [path, text] of Object.entries(project)) put(path, text)
    await expectSame()
  })

  it('leaves the cache as it is when nothing changed, whatever kinds of files there are', async () => {
    put('dbt_project.yml', 'name: shop\nprofile: shop\n')
    put('tests/fixtures/rows.sql', 'select 1 as id')
    put('tests/generic/more.sql', '{% test more(model) %}select * from {{ model }}{% endtest %}')
    const written = () => statSync(join(dir, 'target/cache')).ino
    await expectSame()
    const first = written()
    await expectSame()
    expect(written()).toBe(first)
  })

  it('tells of configs whose last resource is gone', async () => {
    put('dbt_project.yml', `${project['dbt_project.yml']}    extra: {+tags: [x]}\n`)
    put('models/extra/x.sql', 'select 1 as id')
    await expectSame()
    remove('models/extra/x.sql')
    expect((await both()).partial).toMatchObject({ warnings: [expect.stringContaining('models.shop.extra')] })
    await expectSame()
  })

  it('tells again who reads a deprecated model, whether something changed or not', async () => {
    put('models/old.yml', 'models: [{name: d, deprecation_date: 2020-01-01}]\n')
    put('models/late.sql', "select * from {{ ref('d') }}")
    await expectSame()
    notes.length = 0
    await expectSame()
    await expectSame()
    // Nothing but the project's hook is looked at anew.
    expect(notes).toEqual([0, 0].map((count) => `Partial parsing: ${count} files parsed.`))
    put('models/later.sql', "select * from {{ ref('d') }}")
    await expectSame()
    remove('models/old.yml')
    await expectSame()
  })

  it('misses the time spine that is gone, the words of a unit test, and whose configs nothing is left for', async () => {
    put('models/semantics.yml', semantics('b'))
    await expectSame()
    put('models/semantics.yml', semantics('b').replace('time_spine: {standard_granularity_column: day}, ', ''))
    await expectSame()
    remove('models/semantics.yml')
    await expectSame()

    put('models/b.sql', "{{ config(materialized='incremental') }}select 1 as id {% if is_incremental() %}{% endif %}")
    await expectSame()
    put('models/b.sql', project['models/b.sql'])
    await expectSame()

    put(
      'dbt_project.yml',
      `${project['dbt_project.yml']}snapshots:\n  shop:\n    snap: {+enabled: true}\n    other: {+enabled: true}\n`,
    )
    put('snapshots/other/other.sql', project['snapshots/snap.sql'].replace('snapshot snap', 'snapshot other'))
    await expectSame()
    put('snapshots/other/other.sql', '')
    await expectSame()
  })

  it('says the same as parsing everything, whatever was edited before', async () => {
    const step = fc.tuple(
      fc.array(fc.nat(edits.length - 1), { minLength: 1, maxLength: 3 }),
      fc.nat(settings.length - 1),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        rmSync(dir, { recursive: true, force: true })
        for (const [path, text] of Object.entries(project)) put(path, text)
        for (const [chosen, setting] of steps) {
          for (const edit of chosen) edits[edit]?.[1]()
          await expectSame(settings[setting])
        }
      }),
      { numRuns: 10 },
    )
  }, 120_000)

  it('only parses what read a var or an environment variable that changed', async () => {
    await expectSame()
    notes.length = 0
    await expectSame({ vars: { start: '1999', nobody: 1 } })
    await expectSame({ vars: { start: '1999' }, env: { COLOUR: 'blue' } })
    put('models/a.sql', 'select 3 as id')
    await expectSame({ vars: { start: '1999' }, env: { COLOUR: 'blue' } })
    put('macros/half.sql', '{% macro half(c) %}{{ c }}{% endmacro %}{% macro twice(c) %}{% endmacro %}')
    await expectSame({ vars: { start: '1999' }, env: { COLOUR: 'blue' } })
    // c reads the var, b the environment, a was edited; then a does not call the macro any more.
    expect(notes).toEqual([1, 1, 1, 0].map((count) => `Partial parsing: ${count} files parsed.`))
  })

  it('takes a file that was cut off, or holds something else, for none', async () => {
    await expectSame()
    const path = join(dir, 'target/cache')
    const bytes = readFileSync(path)
    for (const broken of [
      bytes.subarray(0, bytes.length - 10),
      bytes.subarray(0, 3),
      Buffer.from('{}'),
      Buffer.alloc(100),
      Buffer.concat([bytes, bytes]),
    ]) {
      writeFileSync(path, broken)
      await expectSame()
    }
  })
})
