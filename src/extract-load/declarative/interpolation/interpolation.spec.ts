import { describe, expect, it } from 'vitest'
import { PyFloat } from '../../../jinja/index.js'
import { templateSlice } from '../template-slice.js'
import { interpolationOf } from './index.js'

const clock = { now: () => new Date('2024-05-06T07:08:09.123Z') }
const config = { key: 'k1', start: '2024-01-01', options: { a: [1, 2] }, empty: '' }
const interpolation = interpolationOf(config, { clock }).withParameters({ name: 'users' })
const slice = { partition: { id: 'p1' }, cursorSlice: { start_time: '2024-01-01' }, extraFields: { more: 1 } }
const values = { record: { a: { b: 1 }, n: 5, text: '12', items: 3, none: null }, ...templateSlice(slice) }
const value = (template: string) => interpolation.value(template)(values)

// What the CDK 7.39.1 answers; test/golden/manifest-templates holds many more.
describe('templates of manifests', () => {
  it.each([
    ['1_000', 1000],
    ['0x10', 16],
    ['true', 'true'],
    ['True', true],
    ['05', '05'],
    ['2024-10-12', '2024-10-12'],
    ['{{ record.text }}', 12],
    ["{{ record['nope'] }}", ''],
    ["{{ 1 + 'a' }}", "{{ 1 + 'a' }}"],
    ["{{ record.get('items') }}{{ stream_interval['start_time'] }}", '32024-01-01'],
    ['{{ stream_partition.id }}/{{ stream_slice.extra_fields.more }}', 'p1/1'],
    ["{{ (now_utc() - duration('P1M')).strftime('%Y-%m-%d') }}", '2024-04-06'],
    ["{{ format_datetime('2024-01-31T10:20:30+02:00', '%H:%M %z') }}", '08:20 +0000'],
    ["{{ 'abc' | base64binascii_decode }}", 'YWJj'],
    ["{{ 'a1' | regex_search('[0-9]') }}", ''],
  ])('%s', (template, expected) => {
    expect(value(template)).toEqual(expected)
  })

  it('a float that is whole stays one', () => {
    expect(value("{{ timestamp('2024-01-02') }}")).toEqual(new PyFloat(1704153600))
  })

  it.each([
    ['{{ nope }}', /uses the name `nope`/],
    ['{{ record.nope.x }}', /'dict object' has no attribute 'nope'/],
    ['{{ stream_state }}', /no longer have/],
    ['{{ 1 / 0 }}', /ZeroDivisionError/],
  ])('%s fails', (template, message) => {
    expect(() => value(template)).toThrow(message)
  })

  it.each([
    ["{% for a in 'x' * 100000 %}{% for b in 'x' * 100000 %}{% endfor %}{% endfor %}", /without an end/],
    ['{{ [1] * 100000000 }}', /too large/],
    [
      "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex_search('^(a+)+$') }}",
      /takes too long for a text of 37 signs/,
    ],
    ['{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}', /failed/],
  ])('%s ends', (template, message) => {
    expect(() => value(template)).toThrow(message)
  })

  it('a key `__proto__` is one like others', () => {
    const mapping = interpolation.mapping(JSON.parse('{"__proto__": "{{ record.n }}"}'))(values)
    expect(Object.getOwnPropertyDescriptor(mapping, '__proto__')?.value).toBe(5)
    expect(value('1'.repeat(5000))).toBe('1'.repeat(5000))
  })

  it('a template that said its own text at first is a text from then on', () => {
    const sum = interpolation.value('{{ record.n + 1 }}')
    expect(sum({ record: { n: 'x' } })).toBe('{{ record.n + 1 }}')
    expect(sum({ record: { n: 1 } })).toBe('{{ record.n + 1 }}')
  })

  it('keeps the text where the type is not the one that is wanted', () => {
    const number = (type: 'number' | 'string') => interpolation.value('{{ record.n }}', { type })(values)
    expect([number('number'), number('string')]).toEqual(['5', '5'])
  })

  it('a mapping has null for what says nothing, a nested one leaves it out', () => {
    const template = { '{{ record.n }}': '{{ record.nope }}', a: '{{ record.a }}', b: 7 }
    expect(interpolation.mapping(template)(values)).toEqual({ '5': null, a: { b: 1 }, b: 7 })
    expect(interpolation.nested({ ...template, c: ['{{ record.n }}'] })(values)).toEqual({ a: { b: 1 }, b: 7, c: [5] })
  })

  it.each(['False', '0', '{{ [] }}', '{{ record.none }}', '{{ record.nope.x }}', ''])('%s is false', (condition) => {
    expect(interpolation.boolean(condition)(values)).toBe(false)
  })

  it('what is evaluated is a copy: changing it does not change the record', () => {
    expect(value('{{ record.a }}')).not.toBe(values.record.a)
  })
})
