import { describe, expect, it } from 'vitest'
import { PyFloat } from '../../../jinja/index.js'
import { NoJsonValue, readJson, writeJson } from './index.js'

const pad = (value: string) => `  {"pad": "a: 12.0, b 1e5 \\"1234567890123456789\\"", "value": ${value}}`
const inner = (text: string) => (readJson(pad(text)) as { value: unknown }).value

// What Python's json makes of it.
describe('JSON as Python reads it', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740991', 9007199254740991],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775809', -9223372036854775809n],
    ['1.0', new PyFloat(1)],
    ['-0.0', new PyFloat(-0)],
    ['1e2', new PyFloat(100)],
    ['1.5', 1.5],
    ['12345678901234567.5', new PyFloat(12345678901234568)],
    ['4.9999999999999999999', new PyFloat(5)],
    ['0.1234567890123456789', 0.12345678901234568],
    ['1.5e-7', 1.5e-7],
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1e999', Number.POSITIVE_INFINITY],
    ['"a\\u00e9\\n\\"\\\\"', 'aé\n"\\'],
    ['[1.0, [2], {"a": 12345678901234567890}]', [new PyFloat(1), [2], { a: 12345678901234567890n }]],
    ['{"a": 1, "a": 2}', { a: 2 }],
  ])('%s', (text, expected) => {
    expect(inner(text)).toEqual(expected)
    expect(readJson(text)).toEqual(expected)
    expect(readJson(Buffer.from(`[${text}]`))).toEqual([expected])
  })

  it('a key `__proto__` is one like others', () => {
    const value = readJson('{"__proto__": {"x": 1.0}, "a": 2}') as object
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it.each([
    ['{"a": 1,}', /expected a key in quotes \(line 1, column 9\)/],
    ['[1.0, 2', /ends too early/],
    ['{"a":\n tru}', /expected a value \(line 2, column 2\)/],
    ['[01]', /begins with a zero/],
    ['"a', /ends too early/],
    ['[1.0] x', /behind the end/],
    ['', /ends too early/],
    ['["\t"]', /must be escaped/],
  ])('%s is none', (text, message) => {
    expect(() => readJson(text)).toThrow(message)
  })

  it('bytes that are no UTF-8 are refused', () => {
    expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/)
  })

  it('what was read is written as it was, infinite floats as null', () => {
    const text = '{"a":1.0,"b":[9007199254740993,1e+22,-0.5,"é\\"\\n"],"c":{"d":null,"e":true,"2":0.00001}}'
    expect(writeJson(readJson(text))).toBe(
      '{"a":1.0,"b":[9007199254740993,1e+22,-0.5,"é\\"\\n"],"c":{"2":0.00001,"d":null,"e":true}}',
    )
    expect(writeJson(readJson('[1e999,NaN]'))).toBe('[null,null]')
    expect(writeJson({ a: new PyFloat(1), b: 1, c: new PyFloat(-0) })).toBe('{"a":1.0,"b":1,"c":-0.0}')
  })

  it('what Python has and JSON has not is refused', () => {
    expect(() => writeJson({ a: new NoJsonValue('set', '{1, 2}') })).toThrow(/`\{1, 2\}` for a set/)
  })
})
