import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { JinjaEnvironment, literalEval, PyDict, PyTuple, repr, str } from './index.js'

// Thousands of cases take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const environment = new JinjaEnvironment()
const template = (source: string) => environment.compile({ name: 'law', source })

/** Values that Python can read back from what it prints. */
const literal: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.bigInt().map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => PyTuple.fromArray(items)),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => PyDict.from(entries)),
  ),
})).value

describe('printing', () => {
  it('a value printed and read again is the same', () => {
    fc.assert(
      fc.property(literal, (value) => {
        expect(repr(literalEval(repr(value)))).toBe(repr(value))
      }),
    )
  })
  it('a value written into a template prints as itself', () => {
    fc.assert(
      fc.property(literal, (value) => {
        expect(template(`{{ [${repr(value)}] }}`).renderSync()).toBe(repr([value]))
      }),
    )
  })
  it('concatenation is printing side by side', () => {
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        expect(template('{{ a ~ b }}').renderSync({ a, b })).toBe(str(a) + str(b))
      }),
    )
  })
})

describe('text', () => {
  it('outside of tags stays as it is', () => {
    const plain = fc.string({ unit: 'binary' }).filter((text) => !/\{[{%#]|\r/.test(text) && !text.endsWith('{'))
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const kept = new JinjaEnvironment({ keepTrailingNewline: true })
        const source = `${before}{{ x }}${after}`
        expect(kept.compile({ name: 'law', source }).renderSync({ x: '|' })).toBe(`${before}|${after}`)
      }),
    )
  })
  it('in a raw block stays as it is', () => {
    const raw = fc.string().filter((text) => !text.includes('{%'))
    fc.assert(
      fc.property(raw, (text) => {
        expect(template(`{% raw %}${text}{% endraw %}`).renderSync()).toBe(text)
      }),
    )
  })
})

/** What Python documents: bounds are clamped, then every step from the first to before the second. */
function slice<T>(list: readonly T[], start: number | null, stop: number | null, step: number): T[] {
  const { length } = list
  const clamp = (at: number) => {
    const real = at < 0 ? at + length : at
    return step > 0 ? Math.max(0, Math.min(length, real)) : Math.max(-1, Math.min(length - 1, real))
  }
  const from = start === null ? (step > 0 ? 0 : length - 1) : clamp(start)
  const to = stop === null ? (step > 0 ? length : -1) : clamp(stop)
  const taken: T[] = []
  for (let at = from; step > 0 ? at < to : at > to; at += step) taken.push(list[at] as T)
  return taken
}

it('slices of lists, tuples, strings and ranges are Python’s', () => {
  const bound = fc.option(fc.integer({ min: -12, max: 12 }))
  const step = fc.integer({ min: -4, max: 4 }).filter((value) => value !== 0)
  fc.assert(
    fc.property(fc.nat({ max: 10 }), bound, bound, step, (size, start, stop, stride) => {
      const list = Array.from({ length: size }, (_, i) => i)
      const text = list.map((i) => String.fromCharCode(97 + i)).join('')
      const wanted = slice(list, start, stop, stride)
      const values = { list, tuple: PyTuple.fromArray(list), text, size, start, stop, stride }
      const rendered = template(
        '{{ list[start:stop:stride] }}|{{ tuple[start:stop:stride]|list }}|{{ text[start:stop:stride] }}|{{ range(size)[start:stop:stride]|list }}',
      ).renderSync(values)
      const letters = wanted.map((i) => String.fromCharCode(97 + i)).join('')
      expect(rendered).toBe([repr(wanted), repr(wanted), letters, repr(wanted)].join('|'))
    }),
  )
})

it('integer division and remainder belong together, whatever the signs', () => {
  const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  fc.assert(
    fc.property(
      whole,
      whole.filter((value) => value !== 0n),
      (a, b) => {
        expect(template(`{{ (${a}) // (${b}) * (${b}) + (${a}) % (${b}) == ${a} }}`).renderSync()).toBe('True')
      },
    ),
  )
})

it('sorting orders, keeps every item and is stable', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ k: fc.integer({ min: 0, max: 3 }), n: fc.nat() })), (rows) => {
      const sorted = template('{{ rows|sort(attribute="k")|map(attribute="n")|join(",") }}').renderSync({ rows })
      const wanted = [...rows].sort((a, b) => a.k - b.k)
      expect(sorted).toBe(wanted.map(({ n }) => n).join(','))
    }),
  )
})

describe('both compilations', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const expression = fc.oneof(
    name,
    fc.constantFrom(
      "'x'",
      '1',
      'none',
      '[1, 2]',
      '{"a": 1}',
      'missing|default("d")',
      'a|upper',
      'a ~ b',
      'l[0]',
      'm(a)',
    ),
  )
  const { statement } = fc.letrec<{ statement: string }>((tie) => ({
    statement: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('text ', '\n', '{# c #}'),
      expression.map((value) => `{{ ${value} }}`),
      fc.tuple(name, expression).map(([target, value]) => `{% set ${target} = ${value} %}`),
      fc.tuple(name, tie('statement')).map(([target, body]) => `{% set ${target} %}${body}{% endset %}`),
      fc.tuple(expression, tie('statement')).map(([test, body]) => `{% if ${test} %}${body}{% else %}-{% endif %}`),
      fc
        .tuple(name, tie('statement'))
        .map(([item, body]) => `{% for ${item} in l %}${body}{{ loop.index }}{% endfor %}`),
      tie('statement').map((body) => `{% call m(1) %}${body}{% endcall %}`),
      tie('statement').map((body) => `{% filter upper %}${body}{% endfilter %}`),
    ),
  }))
  it('render the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 5 }), async (parts) => {
        const macro = '{% macro m(x) %}<{{ x }}{{ caller() if caller }}>{% endmacro %}'
        const compiled = template(macro + parts.join(''))
        const outcome = async (render: () => string | Promise<string>) => {
          try {
            return await render()
          } catch (error) {
            const { message, at } = error as { message: string; at?: { line: number } }
            return `${at?.line} ${message}`
          }
        }
        const context = () => ({ a: 'A', b: 2, c: null, l: [1, 'two'] })
        expect(await outcome(() => compiled.render(context()))).toBe(
          await outcome(() => compiled.renderSync(context())),
        )
      }),
    )
  })
})
