import { describe, expect, it } from 'vitest'
import { compileDelete, compileGet, compileValues, deleteLeaves, setPath } from './index.js'

/** Answers of dpath 2.2, which the CDK 7.39.1 uses. */
const data = () => ({
  data: {
    items: [
      { id: 1, t: ['x', 'y'] },
      { id: 2, t: [] },
    ],
    next: 'n',
    'a*b': 5,
  },
  '10': { k: 1 },
  list: [[1, 2], [3]],
  n: null,
  item_1: { v: 1 },
  item_2: { v: 2 },
})

const several = 'several'

const reads: [path: unknown[], one: unknown, all: unknown[]][] = [
  [
    ['data', 'items'],
    [
      { id: 1, t: ['x', 'y'] },
      { id: 2, t: [] },
    ],
    [
      [
        { id: 1, t: ['x', 'y'] },
        { id: 2, t: [] },
      ],
    ],
  ],
  [['data', 'items', 0], { id: 1, t: ['x', 'y'] }, [{ id: 1, t: ['x', 'y'] }]],
  [['data', 'items', '1', 'id'], 2, [2]],
  [['data', 'items', '-1', 'id'], 2, [2]],
  [['data', 'items', 5], undefined, []],
  [['10', 'k'], 1, [1]],
  [[10, 'k'], undefined, []],
  [['data', 'nope'], undefined, []],
  [['n'], null, [null]],
  [['n', 'x'], undefined, []],
  [['item_?', 'v'], several, [1, 2]],
  [['item_1', 'v'], 1, [1]],
  [['data', 'a*b'], 5, [5]],
  [['data', 'items', '*', 'id'], several, [1, 2]],
  [['list', '*'], several, [[1, 2], [3]]],
  [['list', '*', '*'], several, [1, 2, 3]],
  [['*', 'v'], several, [1, 2]],
  [['data', 'items', '*', 't', '*'], several, ['x', 'y']],
  [['**', 'id'], several, [1, 2]],
  [
    ['data', '**'],
    several,
    [
      {
        items: [
          { id: 1, t: ['x', 'y'] },
          { id: 2, t: [] },
        ],
        next: 'n',
        'a*b': 5,
      },
      [
        { id: 1, t: ['x', 'y'] },
        { id: 2, t: [] },
      ],
      'n',
      5,
      { id: 1, t: ['x', 'y'] },
      { id: 2, t: [] },
      1,
      ['x', 'y'],
      'x',
      'y',
      2,
      [],
    ],
  ],
  [['item_[!1]', 'v'], 2, [2]],
  [['data', 'items', '0*', 'id'], 1, [1]],
  [
    [],
    {
      data: {
        items: [
          { id: 1, t: ['x', 'y'] },
          { id: 2, t: [] },
        ],
        next: 'n',
        'a*b': 5,
      },
      '10': { k: 1 },
      list: [[1, 2], [3]],
      n: null,
      item_1: { v: 1 },
      item_2: { v: 2 },
    },
    [],
  ],
]

const deletes: [path: unknown[], changed: Record<string, unknown>][] = [
  [
    ['data', 'next'],
    {
      data: {
        items: [
          { id: 1, t: ['x', 'y'] },
          { id: 2, t: [] },
        ],
        'a*b': 5,
      },
    },
  ],
  [['data', 'items', '*', 'id'], { data: { items: [{ t: ['x', 'y'] }, { t: [] }], next: 'n', 'a*b': 5 } }],
  [['data', 'items', '0'], { data: { items: [null, { id: 2, t: [] }], next: 'n', 'a*b': 5 } }],
  [['data', 'items', '1'], { data: { items: [{ id: 1, t: ['x', 'y'] }], next: 'n', 'a*b': 5 } }],
  [['data', 'items', '*'], { data: { items: [null], next: 'n', 'a*b': 5 } }],
  [['nope'], {}],
  [['item_*'], { item_1: undefined, item_2: undefined }],
  [['**', 'v'], { item_1: {}, item_2: {} }],
  [['list', '*', '0'], { list: [[null, 2], []] }],
  [['data', 'items', -1], { data: { items: [{ id: 1, t: ['x', 'y'] }], next: 'n', 'a*b': 5 } }],
  [['n', 'x'], {}],
]

const sets: [path: unknown[], changed: Record<string, unknown> | undefined][] = [
  [['x'], { x: 'V' }],
  [
    ['data', 'y', 'z'],
    {
      data: {
        items: [
          { id: 1, t: ['x', 'y'] },
          { id: 2, t: [] },
        ],
        next: 'n',
        'a*b': 5,
        y: { z: 'V' },
      },
    },
  ],
  [['arr', '2'], { arr: [null, null, 'V'] }],
  [
    ['data', 'items', '0', 'q'],
    {
      data: {
        items: [
          { id: 1, t: ['x', 'y'], q: 'V' },
          { id: 2, t: [] },
        ],
        next: 'n',
        'a*b': 5,
      },
    },
  ],
  [
    ['data', 'items', '3', 'q'],
    { data: { items: [{ id: 1, t: ['x', 'y'] }, { id: 2, t: [] }, null, { q: 'V' }], next: 'n', 'a*b': 5 } },
  ],
  [['n', 'x'], undefined],
  [['data', 'next', 'x'], undefined],
  [['list', 'name'], undefined],
  [['a', '0', 'b'], { a: [{ b: 'V' }] }],
  [['list', '0', '5'], { list: [[1, 2, null, null, null, 'V'], [3]] }],
]

const changes = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .map((key) => [key, after[key]]),
  )

describe('paths', () => {
  it.each(reads)('reads %j', (path, one, all) => {
    const read = compileGet(path)
    if (one === several) expect(() => read(data())).toThrow(/places where there may be one/)
    else expect(read(data())).toEqual(one)
    expect(compileValues(path)(data())).toEqual(all)
  })

  it.each(deletes)('deletes %j', (path, changed) => {
    const left = data()
    compileDelete(path)(left)
    expect(changes(data(), left)).toEqual(changed)
  })

  it.each(sets)('sets %j', (path, changed) => {
    const after = data()
    const set = () => setPath(after, path, 'V')
    if (!changed) expect(set).toThrow(/Nothing can be put at/)
    else {
      set()
      expect(changes(data(), after)).toEqual(changed)
    }
  })

  it('reads a name that objects have by themselves as one that is not there', () => {
    expect(compileGet(['constructor'])({})).toBeUndefined()
    const record: Record<string, unknown> = {}
    setPath(record, ['__proto__', 'x'], 1)
    expect(JSON.stringify(record)).toBe('{"__proto__":{"x":1}}')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('deletes leaves by what they are', () => {
    const record = { a: '', b: { c: '', d: 1 }, l: ['', 2, ''] }
    deleteLeaves(record, (leaf) => leaf === '')
    expect(record).toEqual({ b: { d: 1 }, l: [null, 2] })
  })

  it.each([
    ['created-at', 'created-at', true],
    ['item-*', 'item-1', true],
    ['a/b?', 'a/bc', true],
    ['[z-a]x', 'zx', false],
    ['[!z-a]x', 'zx', true],
    ['[a-]x', '-x', true],
    ['[]]x', ']x', true],
    ['[!]]x', ']x', false],
    ['[^a]x', 'ax', true],
    ['[\\\\]x', '\\x', true],
    ['[x', '[x', true],
    ['a.b', 'axb', false],
    ['$(1)', '$(1)', true],
  ])('%s matches %s, by fnmatch of Python 3.11: %s', (glob, key, isMatch) => {
    expect(compileValues(['**', glob])({ [key]: 1 })).toHaveLength(isMatch ? 1 : 0)
    expect(compileValues([glob])({ [key]: 1 })).toHaveLength(isMatch ? 1 : 0)
  })

  it('refuses two `**`', () => {
    expect(() => compileValues(['**', 'a', '**'])).toThrow(/more than one/)
  })
})
