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
