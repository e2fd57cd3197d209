import { expect, it } from 'vitest'
import { PyFloat, repr } from '../../jinja/index.js'
import { readResource, resourceJson } from '../parse/manifest/resource-json.js'
import { toPython } from '../python/values.js'
import { readYamlText } from './yaml-file.js'

const printed = (value: unknown) => repr(toPython(value))

it('a whole number that is written as a fraction stays one where templates print it', () => {
  const { value } = readYamlText(
    'vars: {a: 1.0, b: [2.0, 3]}\nmodels:\n- name: x\n  limit: 4.0\n  config: {meta: {m: 5.0}}\n  data_tests:\n  - r: {max: 6.0, config: {limit: 7.0}}\n',
    'x.yml',
  )
  expect(printed(value)).toBe(
    "{'vars': {'a': 1.0, 'b': [2.0, 3]}, 'models': [{'name': 'x', 'limit': 4, 'config': {'meta': {'m': 5.0}}, 'data_tests': [{'r': {'max': 6.0, 'config': {'limit': 7}}}]}]}",
  )
})

it('the whole language of YAML knows it too', () => {
  const { value } = readYamlText('vars: &v {a: 1.0}\nmore: {vars: *v, text: "1.0", d: 2024-01-01}\n', 'x.yml')
  expect(printed(value)).toBe("{'vars': {'a': 1.0}, 'more': {'vars': {'a': 1.0}, 'text': '1.0', 'd': '2024-01-01'}}")
})

it('the manifest keeps it', () => {
  const node = { test_metadata: { kwargs: { max: new PyFloat(12), list: [new PyFloat(-1), 2], text: '\u0000 3.0' } } }
  const text = resourceJson(node)
  expect(text).toBe(String.raw`{"test_metadata":{"kwargs":{"max":12.0,"list":[-1.0,2],"text":"\u0000 3.0"}}}`)
  expect(readResource(text)).toEqual(node)
})

it('no digit of a long number is lost where templates print it, from file to manifest and back', () => {
  const { value } = readYamlText(
    'vars: {a: 12345678901234567890, b: [-9_007_199_254_740_993, 42]}\nunit_tests:\n- given: [{rows: [{id: 1234567890123456789}]}]\n',
    'x.yml',
  )
  expect(printed(value)).toBe(
    "{'vars': {'a': 12345678901234567890, 'b': [-9007199254740993, 42]}, 'unit_tests': [{'given': [{'rows': [{'id': 1234567890123456789}]}]}]}",
  )
  const test = { given: [{ rows: [{ id: 1234567890123456789n, at: '12345678901234567890' }] }], meta: { m: 2n ** 64n } }
  const text = resourceJson(test)
  expect(text).toBe(
    '{"given":[{"rows":[{"id":1234567890123456789,"at":"12345678901234567890"}]}],"meta":{"m":18446744073709551616}}',
  )
  expect(readResource(text)).toEqual(test)
})

it('a date is one where it is a variable, and the text that it was elsewhere', () => {
  const { value } = readYamlText(
    'vars: {d: 2024-02-28, t: 2024-01-01 10:00:00, l: [2024-01-01], s: "2024-01-01"}\nmodels: {+meta: {d: 2024-02-28}}\nx: {vars: {d: 2024-01-02}}\n',
    'x.yml',
  )
  expect(printed(value)).toBe(
    "{'vars': {'d': datetime.date(2024, 2, 28), 't': datetime.datetime(2024, 1, 1, 10, 0), 'l': [datetime.date(2024, 1, 1)], 's': '2024-01-01'}, 'models': {'+meta': {'d': '2024-02-28'}}, 'x': {'vars': {'d': '2024-01-02'}}}",
  )
})

it('keys of variables are what they are, in their order', () => {
  const { value } = readYamlText(
    "vars: {st: {10: ten, 2: two}, words: {'2': b, '1': a}, deep: [{true: x, null: y}], plain: {b: 1, a: 2}}\nmodels: {2: b}\n",
    'x.yml',
  )
  expect(printed(value)).toBe(
    "{'vars': {'st': {10: 'ten', 2: 'two'}, 'words': {'2': 'b', '1': 'a'}, 'deep': [{True: 'x', None: 'y'}], 'plain': {'b': 1, 'a': 2}}, 'models': {'2': 'b'}}",
  )
})
