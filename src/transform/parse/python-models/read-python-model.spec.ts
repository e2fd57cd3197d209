import { describe, expect, it } from 'vitest'
import { defineFunction, type Kwargs, PyDict } from '../../../jinja/index.js'
import { toPlain } from '../../python/values.js'
import { readPythonModel } from './read-python-model.js'

const file = 'models/scored.py'

/** What reading the code calls, in order. */
function read(code: string) {
  const calls: unknown[] = []
  const heard = (name: string) =>
    defineFunction(name, ['*args', '**kwargs'], (args: unknown[], kwargs: Kwargs) => {
      calls.push([name, ...args.map(plain), ...(kwargs.size > 0 ? [plain(PyDict.from([...kwargs.entries]))] : [])])
      return ''
    })
  const functions = new Map(['ref', 'source', 'config'].map((name) => [name, heard(name)]))
  readPythonModel(
    { file, code, line: 1 },
    () => functions as never,
    (values) => calls.push(['read', values]),
  )
  return calls
}
const plain = (value: unknown) => toPlain(value)

const model = (...lines: string[]) =>
  ['def model(dbt, session):', ...lines, 'return 1'].map((line, i) => (i === 0 ? line : `    ${line}`)).join('\n')

describe('what a Python model says of itself', () => {
  it('is read from its calls, in the order in which they stand', () => {
    const code = model(
      'dbt.config(materialized="incremental", tags=["a", \'b\'], meta={"owner": None, "n": -1.5},)',
      "orders = dbt.ref('orders').df()",
      'old = dbt.ref(\'shop\', "orders", v=2)',
      "raw = session.sql(f\"select * from {dbt.source('shop', 'raw')}\")",
    )
    expect(read(code)).toEqual([
      ['config', { materialized: 'incremental', tags: ['a', 'b'], meta: { owner: null, n: -1.5 } }],
      ['ref', 'orders'],
      ['ref', 'shop', 'orders', { v: 2 }],
      ['source', 'shop', 'raw'],
    ])
  })

  it('is not read from comments, texts and the calls of others', () => {
    const code = model(
      "# dbt.ref('commented')",
      '"""dbt.ref(\'documented\')"""',
      "a = my.dbt.ref('other') + adbt.ref('x') + dbt.reference('y') + dbt.this",
      "b = '#' + dbt.ref(  # the orders",
      "    'ord' 'ers'",
      ')',
    )
    expect(read(code)).toEqual([['ref', 'orders']])
  })

  it('reads raw texts, texts over several lines, and lines that go on', () => {
    const code = model(
      'dbt.config(alias=r"a\\d", description="""two',
      '"lines" """, schema=u\'s\')',
      'x = \\',
      "  dbt.ref('y')",
    )
    expect(read(code)).toEqual([
      ['config', { alias: 'a\\d', description: 'two\n    "lines" ', schema: 's' }],
      ['ref', 'y'],
    ])
  })

  it('tells which of its config the code reads', () => {
    expect(read(model('n = dbt.config.get("limit", 10)', 'o = dbt.config.meta_get("owner")'))).toEqual([
      [
        'read',
        {
          config_keys_used: ['limit'],
          config_keys_defaults: [10],
          meta_keys_used: ['owner'],
          meta_keys_defaults: [null],
        },
      ],
    ])
  })

  it('is nothing in an empty file', () => {
    expect(read('# not yet')).toEqual([])
  })
})

describe('what is no Python model', () => {
  it.each([
    ['import pandas', 'found 0', undefined],
    [`${model()}\n${model()}`, 'found 2', [3, 5]],
    ['def model(session, dbt):\n  return 1', "'dbt' not provided", [1, 1]],
    ['def model(dbt):\n  return 1', 'two args', [1, 1]],
    ['def model(dbt, session, *, more=1):\n  return 1', undefined, undefined],
    ['def model(dbt, session: "Session" = None) -> int: return 1', undefined, undefined],
    ['def model(dbt, session):\n  x = 1\n  if x:\n    return x\n', 'only one dataframe', [1, 1]],
    ['def model(dbt, session):\n  return 1, 2', 'only one dataframe', [1, 1]],
    ['def model(dbt, session):\n  def inner():\n    pass\n  x = 1; return {\n  1: 2}\nx = 3', undefined, undefined],
    [model('x = dbt.ref(name)'), 'literals only', [2, 9]],
    [model('x = dbt.ref(f"a{1}")'), 'literals only', [2, 9]],
    [model("x = '{{ ref('x') }}'"), 'No jinja', [2, 10]],
    [model("x = 'open"), 'string is never closed', [2, 9]],
    [model('x = (1'), "'(' is never closed", [2, 9]],
    [model('x = 1]'), "']' closes nothing", [2, 10]],
    [model('x = dbt.config.get()'), 'at least one argument', [2, 9]],
  ])('%j', (code, message, place) => {
    if (message === undefined) {
      expect(() => read(code)).not.toThrow()
      return
    }
    const at = place ? { file, line: place[0], column: place[1] } : { file }
    expect(() => read(code)).toThrow(expect.objectContaining({ message: expect.stringContaining(message), at }))
  })
})
