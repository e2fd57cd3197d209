import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type Context, JinjaEnvironment } from './index.js'

// Thousands of cases take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const environment = new JinjaEnvironment()

/** Compiles and renders; whatever goes wrong must be an error with a code and a place in the template. */
function survives(source: string): void {
  try {
    environment.compile({ name: 'fuzz', source }).renderSync({ x: 1, l: [1, 2], d: { a: 1 } })
  } catch (error) {
    expect(error).toMatchObject({
      code: expect.stringMatching(/^JINJA_(SYNTAX|UNDEFINED|TYPE|RUNTIME)$/),
      at: { file: 'fuzz', line: expect.any(Number) },
    })
    const { line } = (error as { at: { line: number } }).at
    expect(line).toBeGreaterThan(0)
    expect(line).toBeLessThanOrEqual(source.split(/\r\n?|\n/).length)
  }
}

const seeds = [
  '{% macro m(a, b=[1, 2], c={"k": (1,)}) -%}\n{{ a|default("x")|upper ~ b[0:1] }}{{ caller() if caller }}\n{%- endmacro %}\n{{ m(1) }}',
  '{% for k, v in d.items() if v is not none recursive %}{{ loop.index }}: {{ k }}{% else %}none{% endfor %}\n{% raw %}{{ x }}{% endraw %}',
  '{% set ns = namespace(n=0) %}{% set ns.n = ns.n + 1 %}{% set t | trim %} a {% endset %}{# note #}{{ "%s-%d" % (t, ns.n) }}',
  '{% call(y) m2(l) %}{{ y * 2 if y < 3 <= 4 else -y ** 2 // 3 }}{% endcall %}{% filter replace("a", "b") %}abc{% endfilter %}',
  "select {{ x }} from {{ ['a', \"b\"]|join(',') }} where {% if x in [1] and not l: %}1{% elif x: %}2{% else %}3{% endif %}{% do l.append(1) %}",
]

describe('a broken template is an error with a place', () => {
  it('random bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), survives), { numRuns: 300 })
  })
  it('random bytes in tags', () => {
    const wrap = fc.constantFrom(['{{', '}}'], ['{%', '%}'], ['{% if ', '%}{% endif %}'], ['{% set x = ', '%}'])
    const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 })
    fc.assert(
      fc.property(wrap, printable, ([open, close], text) => survives(`${open}${text}${close}`)),
      { numRuns: 2000 },
    )
  })
  it('templates with a piece cut out, doubled or replaced', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '-',
      '"',
      "'",
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      '|',
      '.',
      '%',
      '\n',
      '0',
      ' in ',
      ' if ',
      'endif',
      '\0',
      '𝒳',
      '',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.nat(),
        fc.nat({ max: 20 }),
        piece,
        fc.boolean(),
        (seed, at, size, put, twice) => {
          const from = at % seed.length
          const cut = seed.slice(from, from + size)
          survives(seed.slice(0, from) + put + (twice ? cut + cut : '') + seed.slice(from + size))
        },
      ),
      { numRuns: 3000 },
    )
  })
  it('every beginning of a template', () => {
    for (const seed of seeds) for (let end = 0; end <= seed.length; end++) survives(seed.slice(0, end))
  })
  it('the blocks of any text are found or refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.nat(), fc.string({ maxLength: 5 }), (seed, at, put) => {
        const from = at % seed.length
        const source = seed.slice(0, from) + put + seed.slice(from)
        try {
          environment.blocks({ name: 'fuzz', source })
        } catch (error) {
          expect(error).toMatchObject({ code: 'JINJA_SYNTAX', at: { file: 'fuzz' } })
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('size and depth', () => {
  it.each([
    ['brackets', `{{ ${'['.repeat(20_000)} }}`],
    ['closed brackets', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`],
    ['signs', `{{ ${'-'.repeat(20_000)}1 }}`],
    ['not', `{{ ${'not '.repeat(20_000)}1 }}`],
    ['conditions', `{{ ${'1 if x else '.repeat(20_000)}2 }}`],
    ['blocks', '{% if x %}'.repeat(20_000) + '{% endif %}'.repeat(20_000)],
    ['loops', '{% for a in l %}'.repeat(5000) + '{% endfor %}'.repeat(5000)],
    ['attributes of attributes', `{{ x${'.a'.repeat(20_000)} }}`],
    ['calls of calls', `{{ x${'()'.repeat(20_000)} }}`],
    ['filters', `{{ x${'|string'.repeat(20_000)} }}`],
    ['sums', `{{ 1${' + 1'.repeat(20_000)} }}`],
    ['logic', `{{ x${' and x'.repeat(20_000)} }}`],
    ['powers', `{{ 1${' ** 1'.repeat(20_000)} }}`],
    ['comparisons', `{{ 1${' == 1'.repeat(5000)} }}`],
    ['concatenations', `{{ 1${' ~ 1'.repeat(20_000)} }}`],
    ['elif', `{% if x == 0 %}${'{% elif x == 2 %}'.repeat(5000)}{% endif %}`],
    ['types', `{% macro m(a: ${'List['.repeat(20_000)}) %}{% endmacro %}`],
  ])('%s without end are an error or work, and never overflow the stack', (_, source) => {
    survives(source)
  })
  it('a macro of 20 000 lines compiles and runs', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{% if n > ${i} %}{{ n }}{% endif %} line ${i}`)
    const source = `{% macro long(n) %}\n${lines.join('\n')}\n{% endmacro %}{{ long(1)|length }}`
    expect(Number(environment.compile({ name: 'long', source }).renderSync())).toBeGreaterThan(200_000)
  })
  it('an error at the end of a long template has its line', () => {
    const source = `${'{{ 1 }}\n'.repeat(20_000)}{{ missing.x }}`
    expect(() => environment.compile({ name: 'long', source }).renderSync()).toThrowError(
      expect.objectContaining({ at: expect.objectContaining({ line: 20_001 }) }),
    )
  })
  it.each([
    ['loops within loops', '{% for i in range(3000) %}{% for j in [1, 2] %}{% endfor %}{% endfor %}'],
    ['what a loop passes over', '{% for i in range(5000) if i < 0 %}{% endfor %}'],
    ['a loop that counts what passes', '{% for i in range(5000) if i < 0 %}{{ loop.index }}{% endfor %}'],
    [
      'macros that call each other',
      '{% macro tree(n) %}{% if n > 0 %}{{ tree(n - 1) }}{{ tree(n - 1) }}{% endif %}{% endmacro %}{{ tree(12) }}',
    ],
  ])('%s leave their host its say, and end when it throws', async (_, source) => {
    const compiled = environment.compile({ name: 'long', source })
    let pauses = 0
    const waits = async () => void pauses++
    const counts = () => void pauses++
    const ends = () => {
      throw new Error('enough')
    }
    const context = (pause: () => Promise<void> | undefined): Context => Object.create({ get: () => undefined, pause })
    await compiled.render(context(waits))
    expect(pauses).toBeGreaterThanOrEqual(4)
    await expect(compiled.render(context(ends))).rejects.toThrow('enough')
    // Interpreted at first, compiled from the fourth time on.
    for (let i = 0; i < 5; i++) {
      pauses = 0
      compiled.renderSync(context(counts as () => undefined))
      expect(pauses).toBeGreaterThanOrEqual(4)
      expect(() => compiled.renderSync(context(ends))).toThrow('enough')
    }
  })
  it('a macro that calls itself without end is an error with a place, waiting or not', async () => {
    const source = '{% macro a(n) %}{{ b(n + 1) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}\n{{ a(0) }}'
    const compiled = environment.compile({ name: 'endless', source })
    const located = expect.objectContaining({ code: 'JINJA_RUNTIME', at: expect.objectContaining({ line: 1 }) })
    expect(() => compiled.renderSync()).toThrowError(located)
    await expect(compiled.render()).rejects.toThrowError(located)
  })
})
