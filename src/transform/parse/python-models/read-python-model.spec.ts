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
  it('is read from its calls', () => {
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

  it.each([
    ["dbt.ref('a').join(dbt.ref('b'), x=dbt.ref('c'))", 'b c a'],
    ["session.t(dbt.ref('a')).u(dbt.ref('b')).v", 'b a'],
    ["f(dbt.ref('a'), [dbt.ref('b')], {1: dbt.ref('c')})", 'a b c'],
    ["dbt.ref('a').x + dbt.ref('b')", 'a b'],
    ["dbt.ref('a').join(dbt.ref('b').filter(dbt.ref('c')))", 'c b a'],
    ["(dbt.ref('a').union(dbt.ref('b'))).join(dbt.ref('c'))", 'c b a'],
    ["dbt.ref('a')[dbt.ref('b')]", 'a b'],
    ["dbt.ref('a')\n    (dbt.ref('b'))", 'a b'],
  ])('has of %j the order of dbt', (code, order) => {
    expect(read(model(code))).toEqual(order.split(' ').map((name) => ['ref', name]))
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

  it('reads numbers in all the ways that Python writes them', () => {
    const code = model('dbt.config(a=1_000, b=0x1F, c=0b11, d=.5, e=5., f=1E-3, g=-2, h=0o17)')
    expect(read(code)).toEqual([
      ['config', { a: 1000, b: 31, c: 3, d: 0.5, e: expect.objectContaining({ value: 5 }), f: 0.001, g: -2, h: 15 }],
    ])
  })

  it.each([
    `f"select {dbt.ref("a")} {x!r:>10}"`,
    `f'{dbt.ref("a")}' + 'b'`,
    `f'''\n{dbt.ref('a')}'''`,
    `f'{x["{"]}' + f'{dbt.ref("a")}'`,
    `f'{x}', dbt.ref('a')`,
  ])('is found in and beside the f-strings of %s', (text) => {
    expect(read(model(`x = ${text}`))).toEqual([['ref', 'a']])
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

  it('tells a whole float among them as the number that it is', () => {
    const told = JSON.stringify(read(model('n = dbt.config.get("limit", 100.0)')))
    expect(told).toContain('"config_keys_defaults":[100]')
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
    ['def model(dbt, session):\n  return 1,', 'only one dataframe', [1, 1]],
    ['def model(dbt, session):\n  return ((1\n  , 2))', 'only one dataframe', [1, 1]],
    ['def model(dbt, session):\n  return (1, 2).join(3, 4);', undefined, undefined],
    ['def outer():\n  def model(dbt):\n    pass\ndef model(dbt, session):\n  return 1', undefined, undefined],
    ['class A:\n  def model(dbt, session):\n    return 1\ndef model(dbt, session):\n  return 1', 'found 2', [4, 5]],
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
