import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What profiles.yml says of the only target, as YAML's flow form. */
export type TargetLine = (dir: string) => string

export const duckdbTarget: TargetLine = (dir) =>
  `{type: duckdb, path: '${join(dir, 'warehouse.duckdb')}', threads: 4, schema: main}`

const methods = ['card', 'cash', 'coupon', 'gift', 'transfer']
const pythonList = `[${methods.map((method) => `'${method}'`).join(', ')}]`

/**
 * A dbt project of `count` models in which every model really runs: a tenth staging, six tenths intermediate, the rest marts;
 * about thirty lines of SQL a model with config(), one to three refs, a macro call, an is_incremental() block in every tenth; a YAML
 * file per twenty models with descriptions, four columns and about two tests a model; 20 macros; 20 seeds of 1 000 rows.
 */
export async function generateDbtProject(
  count: number,
  target: TargetLine = duckdbTarget,
): Promise<{ readonly dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-bench-dbt-'))
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  await write('dbt_project.yml', projectFile)
  await write('profiles.yml', `bench:\n  target: dev\n  outputs:\n    dev: ${target(dir)}\n`)
  for (let i = 0; i < 20; i++) {
    await write(`macros/money_${i}.sql`, moneyMacro(i))
    await write(`seeds/raw_${i}.csv`, seedFile())
  }
  for (const [path, text] of modelFiles(count)) await write(path, text)
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

const projectFile = `name: bench
version: '1.0'
profile: bench
config-version: 2
model-paths: [models]
macro-paths: [macros]
seed-paths: [seeds]
vars:
  start_date: '2020-01-01'
  min_amount: 10
models:
  bench:
    +persist_docs: {relation: false}
    staging: {+materialized: view, +tags: [staging]}
    intermediate: {+materialized: table, +tags: [int]}
    marts: {+materialized: table, +tags: [mart, daily]}
`

const moneyMacro = (index: number) => `{% macro money_${index}(col, scale=2) -%}
    round(cast({{ col }} as decimal(18, {{ scale }})) * ${index + 1}, {{ scale }})
{%- endmacro %}
`

function seedFile(): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const rows = Array.from({ length: 1000 }, (_, i) => i + 1).map(
    (k) => `${k},${k % 97},${(k * 37) % 1000}.${two(k % 100)},${methods[k % 5]},2024-01-${two((k % 28) + 1)}`,
  )
  return `id,customer_id,amount,method,created_at\n${rows.join('\n')}\n`
}

function modelFiles(count: number): Map<string, string> {
  const random = seededRandom(7)
  const staging = Math.max(1, Math.floor(count / 10))
  const intermediate = Math.max(1, Math.floor((count * 6) / 10))
  const layerOf = (k: number) => (k < staging ? 'staging' : k < staging + intermediate ? 'intermediate' : 'marts')
  const nameOf = (k: number) => {
    if (k < staging) return `stg_${k}`
    return k < staging + intermediate ? `int_${k - staging}` : `mart_${k - staging - intermediate}`
  }
  const files = new Map<string, string>()
  const described = new Map<string, { readonly folder: string; readonly numbers: number[] }>()
  for (let k = 0; k < count; k++) {
    const layer = layerOf(k)
    const folder = `models/${layer}/d${Math.floor(k / 50)}`
    const [from, to] = layer === 'marts' ? [staging, staging + intermediate] : [Math.max(0, k - 200), k]
    const parents =
      layer === 'staging'
        ? [`raw_${k % 20}`]
        : [
            ...new Set(
              Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
                nameOf(from + Math.floor(random() * (to - from))),
              ),
            ),
          ]
    files.set(`${folder}/${nameOf(k)}.sql`, modelSql(k, parents.sort()))
    const group = `${layer}/${Math.floor(k / 20)}`
    const entry = described.get(group) ?? { folder, numbers: [] }
    entry.numbers.push(k)
    described.set(group, entry)
  }
  for (const [group, { folder, numbers }] of described)
    files.set(`${folder}/_p${group.split('/')[1]}.yml`, propertiesYaml(numbers, nameOf))
  return files
}

function modelSql(k: number, parents: readonly string[]): string {
  const isIncremental = k % 10 === 3
  return [
    isIncremental ? "{{ config(materialized='incremental', unique_key='id') }}" : `{{ config(tags=['t${k % 7}']) }}`,
    '',
    `{% set methods = ${pythonList} %}`,
    '',
    'with',
    ...parents.map(
      (parent, i) => `src_${i} as (
    select id, customer_id, amount, method, created_at
    from {{ ref('${parent}') }}
    where amount >= {{ var('min_amount') }}
),`,
    ),
    `joined as (
    select src_0.id, src_0.customer_id, src_0.amount, src_0.method, src_0.created_at
    from src_0`,
    ...parents.slice(1).map((_, i) => `    left join src_${i + 1} on src_${i + 1}.id = src_0.id`),
    `),
final as (
    select
        id, customer_id, method, created_at,
        {{ money_${k % 20}('amount') }} as amount
        {% for m in methods -%}
        , case when method = '{{ m }}' then amount end as {{ m }}_amount
        {% endfor %}
    from joined
)
select * from final`,
    ...(isIncremental
      ? ['{% if is_incremental() %}\nwhere created_at > (select max(created_at) from {{ this }})\n{% endif %}']
      : []),
    '',
  ].join('\n')
}

const propertiesYaml = (numbers: readonly number[], nameOf: (k: number) => string) =>
  `version: 2
models:
${numbers
  .map(
    (k) => `  - name: ${nameOf(k)}
    description: "Model ${nameOf(k)} of the benchmark, joined and cleaned."
    columns:
      - name: id
        description: Key
        data_tests: ${k % 2 === 0 ? '[not_null, unique]' : '[not_null]'}
      - name: customer_id
        description: Customer
      - name: method
        description: How it was paid
${k % 2 === 1 ? `        data_tests:\n          - accepted_values: {arguments: {values: ${pythonList}}}\n` : ''}      - name: amount
        description: Amount in EUR`,
  )
  .join('\n')}
`

/** A small generator of its own, so that every run measures the same project (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
