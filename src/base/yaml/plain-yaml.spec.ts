import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { parsePythonYaml, readYaml } from './yaml.js'

/** What the library makes of a text, or undefined when it refuses it. */
function byLibrary(text: string, version: '1.1' | '1.2') {
  const document = parseDocument(text, { version, merge: true, uniqueKeys: false, prettyErrors: false })
  return document.errors.length > 0 ? undefined : { value: document.toJS() as unknown, document }
}

/** Reads by both; the quick reader may leave a text to the library, but never say something else. */
function compare(given: string, version: '1.1' | '1.2' = '1.1'): boolean {
  // Of a text in the last line Python has another opinion than the library: see below.
  const text = version === '1.1' && !given.endsWith('\n') ? `${given}\n` : given
  let read: ReturnType<typeof readYaml>
  try {
    read = readYaml(text, 'x.yml', { version })
  } catch {
    return false
  }
  if (!read.isPlain) return false
  const whole = byLibrary(text, version)
  if (!whole) throw new Error(`The quick reader accepts what is no YAML:\n${text}`)
  expect(read.value, text).toEqual(whole.value)
  return true
}

const sample = `# a comment
version: 2

models:
  - name: orders   # behind a value
    description: "Say \\"hi\\" to: {{ doc('x') }}"
    config: {materialized: table, tags: [a, 'b c', 3], meta: {owner: null, on_call: yes}}
    columns:
    - name: id
      data_tests: [not_null, unique]
    - name: 'it''s'
      description: >
        Folded
        text

        with a paragraph
          and something deeper
        back
      data_tests:
        - accepted_values:
            arguments:
              values: ['a', "b", -1, 2.50, off]
            config:
              where: "x > 1 and y = '2'"
  - name: empty
    description: |-
      literal # no comment
        deeper

      end
    tests:
    meta:
      list:
        -
          - nested
          - deeper: 1
            more: true
        - {a: 1, b: [x, {c: d}]}
sources:
  - name: s
    loaded_at_field: cast(a as text) || 'x'
    text: goes on
      in the next line

      and after an empty one
`

describe('the quick reader', () => {
  it('reads what people write, as the library does', () => {
    expect(compare(sample)).toBe(true)
    expect(compare(sample, '1.2')).toBe(true)
  })

  it('knows every place as the library does', () => {
    const read = readYaml(sample, 'x.yml', { version: '1.1' })
    expect(read.isPlain).toBe(true)
    for (const path of [
      ['models', 0, 'name'],
      ['models', 0, 'config', 'tags', 1],
      ['models', 0, 'columns', 1, 'data_tests', 0, 'accepted_values'],
      ['models', 1, 'meta', 'list', 0, 1, 'more'],
      ['models', 1, 'meta', 'nothing'],
      ['sources', 0, 'text'],
      ['nothing'],
      [],
    ]) {
      // Keys that stand twice are nothing for the quick reader: the same text, read by the library.
      const whole = readYaml(`${sample}\nx: &anchor 1`, 'x.yml', { version: '1.1' })
      expect(whole.isPlain).toBe(false)
      expect(read.locate(path), path.join('.')).toEqual(whole.locate(path))
      expect(read.show(path).at, path.join('.')).toEqual(whole.show(path).at)
    }
  })

  it.each([
    'a: 1\na: 2',
    'a: &x 1\nb: *x',
    'a: !!str 1',
    '<<: {a: 1}',
    'a:\n\t- b',
    'yes: 1',
    '1: 1',
    '? a\n: b',
    'a: 2020-01-01',
    'a: 1:30',
    'a: 1_000',
    'a: 010',
    'a: .inf',
    '--- a\n--- b',
    'a: b: c',
    'a: [1, 2',
    'a: "x',
    'a: @x',
    'a: 1\n b: 2',
    '{{ x }}',
    'a: {{ x }}',
  ])('leaves to the library: %s', (text) => {
    expect(compare(text)).toBe(false)
  })

  it('reads every word as the library does', () => {
    const words = 'y n yes no on off true false null ~ Yes NO On oFF TRUE None none N Y'.split(' ')
    for (const version of ['1.1', '1.2'] as const)
      for (const word of words.filter((one) => version === '1.2' || !/^[yn]$/i.test(one)))
        expect(readYaml(`a: ${word}`, 'x', { version }).value, word).toEqual(parse(`a: ${word}`, { version }))
    // Python's reader takes these for text.
    expect(readYaml('a: y\nb: N', 'x', { version: '1.1' }).value).toEqual({ a: 'y', b: 'N' })
  })

  it('never says anything else than the library, whatever is written', () => {
    const lines = sample.split('\n')
    const line = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...lines) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '',
          '   ',
          '- ',
          '-',
          'a:',
          'a: b',
          '- a: 1',
          '  b: >',
          'c: |+',
          "'x': 1",
          '#',
          ': ',
          '? x',
        ),
      },
      fc.string({ unit: fc.constantFrom(...'ab1 :-#\'"[]{},>|\n\\.&*!?%@~_=+/'), maxLength: 20 }),
    )
    const indented = fc.tuple(fc.nat(3), line).map(([indent, text]) => ' '.repeat(indent * 2) + text)
    const cut = fc.tuple(
      fc.nat(sample.length),
      fc.nat(12),
      fc.string({ unit: fc.constantFrom(...'a :-#\'"[]{},\n >|'), maxLength: 4 }),
    )
    let accepted = 0
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(indented, { maxLength: 8 }).map((all) => all.join('\n')),
          cut.map(([at, length, put]) => sample.slice(0, at) + put + sample.slice(at + length)),
        ),
        (text) => {
          // Of single letters Python has a view of its own.
          if (!/\b[yn]\b/i.test(text) && compare(text)) accepted++
        },
      ),
      { numRuns: 3000 },
    )
    expect(accepted).toBeGreaterThan(300)
  })

  it.each([
    ['.', '.'],
    ['-.', '-.'],
    ['-.5', '-.5'],
    ['1e3', '1e3'],
    ['12e4567', '12e4567'],
    ['1.5e3', '1.5e3'],
    ['1.5e+3', 1500],
    ['.5e-2', 0.005],
    ['1.', 1],
    ['-1_0.5', -10.5],
    ['1:30.5', 90.5],
    ['-.inf', Number.NEGATIVE_INFINITY],
    ['.nan', Number.NaN],
  ])('knows the numbers of Python: %s', (text, expected) => {
    expect(readYaml(`a: ${text}\n`, 'x.yml', { version: '1.1' }).value).toEqual({ a: expected })
    expect(parsePythonYaml(`[${text}]`)).toEqual([expected])
  })

  it.each([
    ['2020-01-31', '2020-01-31'],
    ['2020-01-31 9:30:00', '2020-01-31 09:30:00'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.100000-05:00'],
    ['2020-01-31T09:30:00Z', '2020-01-31 09:30:00+00:00'],
    ['2020-01-31T09:30:00 +2', '2020-01-31 09:30:00+02:00'],
  ])('makes the text of a date that Python makes: %s', (text, expected) => {
    expect(readYaml(`a: ${text}\n`, 'x.yml', { version: '1.1' }).value).toEqual({ a: expected })
  })

  it.each([
    ['a: *nope\n', 'No anchor is called nope.', 4],
    ['a: &a { b: *a }\n', 'What *a stands for holds itself.', 12],
    ['a: { <<: 3 }\n', 'Only mappings can be merged.', 6],
    ['a: { <<: [{ b: 1 }, x] }\n', 'Only mappings can be merged.', 6],
    ['a: !nope x\n', 'Unresolved tag: !nope', 4],
  ])('says where an anchor, a merge or a tag leads nowhere: %j', (text, message, column) => {
    expect(() => readYaml(text, 'x.yml', { version: '1.1' })).toThrow(
      expect.objectContaining({
        code: 'YAML_SYNTAX',
        message: expect.stringContaining(message),
        at: { file: 'x.yml', line: 1, column },
      }),
    )
  })

  it.each([
    ['a: |\n  x', 'x'],
    ['a: |\n  x\n', 'x\n'],
    ['a: >\n  x\n  y', 'x y'],
    ['a: !!str |\n  x', 'x'],
    ['a: &b |\n  x\n', 'x\n'],
    ['a: "x\\n"', 'x\n'],
  ])('ends a text in the last line as the file ends, as Python does: %j', (text, expected) => {
    expect(readYaml(text, 'x.yml', { version: '1.1' }).value).toEqual({ a: expected })
  })
})
