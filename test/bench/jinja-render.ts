import { join } from 'node:path'
import { median, root, run } from './example-copy.js'
import { dbtCore, type Figure, times } from './figure.js'

/** A model as they are written: config, a loop over columns, conditions, a macro, filters. */
const model = `{{ config(materialized='incremental', unique_key='order_id') }}
{%- set methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] -%}
{% macro cents_to_dollars(column, scale=2) -%}
round(cast({{ column }} as numeric) / 100, {{ scale }})
{%- endmacro %}
with orders as (
    select * from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where updated_at > (select max(updated_at) from {{ this }})
    {% endif %}
),
payments as (
    select * from {{ source('shop', 'payments') }}
),
totals as (
    select
        order_id,
        {% for method in methods -%}
        sum(case when payment_method = '{{ method }}' then amount else 0 end) as {{ method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount
    from payments
    group by 1
)
select
    orders.order_id,
    orders.customer_id,
    {{ cents_to_dollars('totals.total_amount') }} as total_amount,
    {% for method in methods %}{{ cents_to_dollars(method ~ '_amount', scale=3) }} as {{ method | replace('_', '') | lower }}{{ ',' if not loop.last }}
    {% endfor %}
from orders left join totals using (order_id)
`

/** The same template and context, timed by Python: renders per second of Jinja2, compiled once. */
const python = `
import sys, time, jinja2
template = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(sys.argv[1])
context = dict(config=lambda **k: "", ref=lambda n: "main." + n, source=lambda s, n: s + "." + n, is_incremental=lambda: True, this="main.orders")
for _ in range(5000): template.render(context)
rates = []
for _ in range(5):
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 0.4:
        for _ in range(50): template.render(context)
        count += 50
    rates.append(count / (time.perf_counter() - start))
print(sorted(rates)[2])
`

const context = {
  config: () => '',
  ref: (name: string) => `main.${name}`,
  source: (source: string, name: string) => `${source}.${name}`,
  is_incremental: () => true,
  this: 'main.orders',
}

/** Renders per second: ours without and with waiting, and Jinja2's beside the dbt that MILLRACE_BENCH_DBT names. */
export async function measureJinja(): Promise<{ sync: number; async: number; python: number | undefined }> {
  // The built program: what runs the sources adds calls of its own to every function.
  const { JinjaEnvironment } = (await import(
    join(root, 'dist/jinja/index.js')
  )) as typeof import('../../src/jinja/index.js')
  const template = new JinjaEnvironment().compile({ name: 'model.sql', source: model })
  for (let i = 0; i < 5000; i++) {
    template.renderSync(context)
    await template.render(context)
  }
  const rates = { sync: [] as number[], async: [] as number[] }
  for (let round = 0; round < 5; round++) {
    rates.sync.push(syncRate(() => template.renderSync(context)))
    rates.async.push(await asyncRate(() => template.render(context)))
  }
  return { sync: median(rates.sync), async: median(rates.async), python: await pythonRate() }
}

function syncRate(render: () => unknown): number {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < 400) for (let i = 0; i < 50; i++, count++) render()
  return (count / (performance.now() - start)) * 1000
}

async function asyncRate(render: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < 400) for (let i = 0; i < 50; i++, count++) await render()
  return (count / (performance.now() - start)) * 1000
}

async function pythonRate(): Promise<number | undefined> {
  if (dbtCore.command === undefined) return undefined
  const command = join(dbtCore.command, '..', 'python')
  const { stdout } = await run(command, ['-c', python, model])
  return Number(stdout)
}

const perSecond = (value: number) => `${Math.round(value / 100) * 100}/s`

export async function jinjaFigures(): Promise<readonly Figure[]> {
  const measured = await measureJinja()
  const peer = measured.python
  return (['sync', 'async'] as const).map((mode) => ({
    what: `Jinja renders of a model of 32 lines, ${mode === 'sync' ? 'not waiting (parse)' : 'waiting (execution)'}`,
    millrace: perSecond(measured[mode]),
    comparedWith:
      peer === undefined ? `not measured: name it in ${dbtCore.variable}` : `Python Jinja2: ${perSecond(peer)}`,
    ratio: peer === undefined ? '' : times(measured[mode] / peer),
  }))
}
