import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Decimal,
  defineFunction,
  fromJson,
  JinjaEnvironment,
  type Kwargs,
  literalEval,
  macroStack,
  repr,
} from './index.js'

const environment = new JinjaEnvironment()
const render = (source: string, context: Record<string, unknown> = {}) =>
  environment.compile({ name: 'test.sql', source }).renderSync(context)
const failure = (source: string, context: Record<string, unknown> = {}) => {
  try {
    render(source, context)
  } catch (error) {
    return error as { code: string; message: string; at: { line: number; column?: number }; frame: string }
  }
  throw new Error('it did not fail')
}

describe('printing as Python', () => {
  it.each([
    ['{{ {"a": 1, "b": [1.0, None, True, (1,)]} }}', "{'a': 1, 'b': [1.0, None, True, (1,)]}"],
    ['{{ 4/2 }} {{ 7//2 }} {{ -7 % 3 }} {{ -7 // 2 }}', '2.0 3 2 -4'],
    ['{{ 2**70 }}', '1180591620717411303424'],
    ['{{ 1e20 }} {{ 0.00001 }} {{ 1.5 }}', '1e+20 1e-05 1.5'],
    ['{{ ["it\'s", \'"\'] }}', '["it\'s", \'"\']'],
    ['{{ () }}{{ (1, 2) }}{{ {} }}{{ [] }}', '()(1, 2){}[]'],
    ['{{ "a" ~ 1 ~ none ~ true }}', 'a1NoneTrue'],
  ])('%s', (source, expected) => expect(render(source)).toBe(expected))
})

describe('reading JSON as Python', () => {
  it.each([
    ['{"b": 3.0, "a": 3, "10": 1e2, "2": -0.5}', "{'b': 3.0, 'a': 3, '10': 100.0, '2': -0.5}"],
    ['[12345678901234567890, [], {}, ["3.0, {\\"x\\": 1}"]]', '[12345678901234567890, [], {}, [\'3.0, {"x": 1}\']]'],
    [' [ true , null ] ', '[True, None]'],
  ])('%s', (text, expected) => expect(repr(fromJson(text))).toBe(expected))
  it('says what is wrong', () => expect(() => fromJson('{"a": 01}')).toThrow(SyntaxError))
})

describe('statements', () => {
  it.each([
    ['{% set x = 1 %}{% for i in [1,2] %}{% set x = i %}{{ x }}{% endfor %}{{ x }}', '121'],
    ['{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}', '6'],
    ['{% for i in [] %}x{% else %}none{% endfor %}', 'none'],
    ['{% for i in range(5) if i is odd %}{{ loop.index }}:{{ i }}{{ "," if not loop.last }}{% endfor %}', '1:1,2:3'],
    [
      '{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}',
      '023',
    ],
    [
      '{% for x in [1,[2,[3]]] recursive %}{% if x is iterable %}<{{ loop(x) }}>{% else %}{{ x }}{% endif %}{% endfor %}',
      '1<2<3>>',
    ],
    [
      '{% macro m(a, b=2) %}{{ a }}-{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 3, 4, x=5) }}',
      "1-3(4,){'x': 5}",
    ],
    ['{% macro w() %}[{{ caller() }}]{% endmacro %}{% call w() %}hi{% endcall %}', '[hi]'],
    ['{% set t %}a{{ 1 }}{% endset %}{{ t|upper }}', 'A1'],
    ['{% filter upper %}abc{% endfilter %}', 'ABC'],
    ['{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}', '3'],
    ['{% if 1 < 2 < 3 and not false: %}y{% endif %}', 'y'],
    ['{% raw %}{{ x }}{% endraw %}{# c #}', '{{ x }}'],
    ['a {%- if true -%} b {%- endif %} c', 'ab c'],
    ['{% set a, b = (1, 2) %}{{ b }}{{ a }}', '21'],
    ['{% do [1].append(2) %}ok', 'ok'],
  ])('%s', (source, expected) => expect(render(source)).toBe(expected))
})

describe('filters, tests and methods', () => {
  it.each([
    ['{{ [3,1,2]|sort|join("-") }}', '1-2-3'],
    ['{{ [{"n":1},{"n":2}]|map(attribute="n")|list }}', '[1, 2]'],
    ['{{ [1,2,3,4]|select("even")|list }} {{ ["a","B"]|map("upper")|list }}', "[2, 4] ['A', 'B']"],
    ['{{ missing|default("d") }}{{ ""|default("e", true) }}', 'de'],
    ['{{ "%s-%03d"|format("a", 7) }} {{ "{:>5}|{a}".format("x", a=1) }}', 'a-007     x|1'],
    [
      '{{ "a,b,,c".split(",") }} {{ "a-b"|replace("-", "+") }} {{ "abc"[::-1] }} {{ "abc"[-2:] }}',
      "['a', 'b', '', 'c'] a+b cba bc",
    ],
    ['{{ {"a": 1}.get("b", 2) }} {{ {"a": 1}.items()|list }}', "2 [('a', 1)]"],
    ['{{ 2.5|round }} {{ 3.14159|round(2) }} {{ "7"|int + 1 }}', '2.0 3.14 8'],
    ['{{ [{"g":1,"v":1},{"g":1,"v":2}]|groupby("g")|map(attribute="grouper")|list }}', '[1]'],
    ['{{ 5 is divisibleby 5 }} {{ none is none }} {{ x is defined }}', 'True True False'],
    ['{{ [1,2,3]|batch(0)|list }} {{ [1,2,3]|batch(2)|list }}', '[[], [1, 2, 3]] [[1, 2], [3]]'],
    ["{% if [{'n': 1}]|selectattr('n', 'equalto', 2) %}lazy{% endif %} {{ [1]|select('odd')|list }}", 'lazy [1]'],
    [
      "{{ [{'a': 2}, {'a': 1}]|sort(attribute='b') }} {{ 7 // 0.1 }} {{ -7 // 2 }} {{ 7.5 // -2 }}",
      "[{'a': 2}, {'a': 1}] 69.0 -4 -4.0",
    ],
    ['{{ [1,2]|tojson }} {{ {"b": 1, "a": "é"}|tojson }}', '[1, 2] {"a": "\\u00e9", "b": 1}'],
  ])('%s', (source, expected) => expect(render(source)).toBe(expected))
})

describe('errors', () => {
  it('have line, column and frame', () => {
    const error = failure('select 1\n{% for x in %}')
    expect(error).toMatchObject({ code: 'JINJA_SYNTAX', at: { line: 2, column: 13 } })
    expect(error.frame).toContain('> 2 |')
  })
  it('name the open tag', () => expect(failure('{% if x %}').message).toContain('`if`'))
  it('say what is undefined, as Jinja does', () =>
    expect(failure('\n{{ foo.bar }}')).toMatchObject({
      code: 'JINJA_UNDEFINED',
      message: "'foo' is undefined",
      at: { line: 2 },
    }))
  it('carry the macros they passed', () => {
    const error = failure('{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ 1 + "x" }}{% endmacro %}\n{{ a() }}')
    expect(macroStack(error).map(({ macro, line }) => [macro, line])).toEqual([
      ['b', 1],
      ['a', 1],
      [undefined, 2],
    ])
  })
  it.each([
    '{% valueOf %}',
    '{{ 1|toString }}',
    '{{ 1 is constructor }}',
    '{{ x.constructor() }}',
    '{{ "".__proto__() }}',
  ])('%s: names of JavaScript mean nothing', (source) =>
    expect(failure(source).code).toMatch(/^JINJA_(SYNTAX|UNDEFINED)$/),
  )
  it.each(["'x'.center(10000000000)", "'x' * 10000000000", "'%10000000000s' % 'x'", "'{:>9999999999}'.format(1)"])(
    '%s is told, not tried',
    (text) => expect(failure(`{{ ${text} }}`).message).toContain('The repeated value is too large.'),
  )

  it.each([
    ["'é'.encode()", "b'\\xc3\\xa9'"],
    ["'é'.encode('latin-1')", "b'\\xe9'"],
    ["'é'.encode('utf-16')", "b'\\xff\\xfe\\xe9\\x00'"],
  ])('%s is %s', (text, expected) => expect(render(`{{ ${text} }}`)).toBe(expected))
  it('an encoding that is none, or lacks a character, is told', () => {
    expect(failure("{{ 'x'.encode('klingon') }}").message).toContain('unknown encoding: klingon')
    expect(failure("{{ 'é'.encode('ascii') }}").message).toContain("'ascii' has no character 'é'")
  })

  it('an unknown filter is an error before anything runs', () =>
    expect(failure('{% if false %}{{ 1|nope }}{% endif %}').code).toBe('JINJA_SYNTAX'))
})

describe('waiting', () => {
  const later = defineFunction('later', ['x', 'plus?'], async (x: number, plus = 0) => x + plus)
  const source =
    '{% macro m() %}{{ later(7) }}{% endmacro %}{{ later(1, plus=1) + 1 }}{% for x in later(2) * [1] %}{{ x }}{% endfor %}{{ m()|upper }}'
  it('happens in the middle of a template', async () => {
    expect(await environment.compile({ name: 'x', source }).render({ later })).toBe('3117')
  })
  it('is refused where rendering must not wait', () => {
    expect(() => environment.compile({ name: 'x', source }).renderSync({ later })).toThrowError(
      expect.objectContaining({ code: 'JINJA_ASYNC_IN_SYNC' }),
    )
  })
})

describe('blocks', () => {
  it('are found without parsing what is in them', () => {
    const blocks = environment.blocks({
      name: 'x',
      source: '{% macro a(x) %}{{ broken( }}{% endmacro %}\n{# {% macro no() %} #}\n{%- macro b() -%}2{%- endmacro -%}',
    })
    expect(blocks.map(({ name, line }) => [name, line])).toEqual([
      ['a', 1],
      ['b', 3],
    ])
  })
})

it('a string over several lines hides the tags in it, and an apostrophe without its partner hides none', () => {
  const source = "{% macro a() %}{% set x = 'one \\\n%} two' %}{% endmacro %}{{ it's }}{% macro b() %}x{% endmacro %}"
  expect(environment.blocks({ name: 'x', source }).map(({ name }) => name)).toEqual(['a', 'b'])
})

it('finding blocks takes no longer for quotes that lead nowhere', () => {
  const source = `{{ ${'"a" \''.repeat(5000)}`
  expect(environment.blocks({ name: 'x', source })).toEqual([])
})

it('a host object can be a mapping', () => {
  const relation = {
    jinjaKeys: () => ['type'],
    jinjaAttribute: (name: string) => (name === 'type' ? 'view' : undefined),
  }
  expect(render('{{ r is mapping }} {{ r.items()|list }} {{ r["type"] }} {{ r|length }}', { r: relation })).toBe(
    "True [('type', 'view')] view 1",
  )
})

describe('values', () => {
  it('decimals keep every digit', () =>
    expect(render('{{ a + 1 }} {{ a * 2 }}', { a: new Decimal('0.10') })).toBe('1.10 0.20'))
  it.each([
    ['77', 77],
    ['1_000', 1000],
    ["['a']", ['a']],
    ['true', undefined],
    ['05', undefined],
    ['2024-10-12', undefined],
    ['-1', -1],
  ])('literalEval(%s)', (text, expected) => expect(literalEval(text)).toEqual(expected))
  it('host functions get named arguments last', () =>
    expect(
      render('{{ f(1, a=2) }}', { f: (x: number, kwargs: Kwargs) => `${x}${String(kwargs.entries.get('a'))}` }),
    ).toBe('12'))
})

it('any text either compiles or fails with a place', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '{%',
    '%}',
    ' if ',
    ' for ',
    ' x ',
    ' in ',
    '(',
    ')',
    '[',
    '"',
    "'",
    ' endif ',
    ' set ',
    '=',
    '|',
    '.',
    '1',
    '{#',
    '#}',
    '-',
    '\n',
    'macro',
    ' endfor ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        environment.compile({ name: 'fuzz', source: pieces.join('') })
      } catch (error) {
        expect(error).toMatchObject({ code: 'JINJA_SYNTAX', at: { file: 'fuzz' } })
      }
    }),
    { numRuns: 2000 },
  )
})
