import { expect, it } from 'vitest'
import { scriptedScope } from '../../testing/scripted-scope.js'
import { mergedOptions } from './merged-options.js'
import { compileRequestOption, emptyOptions } from './request-option.js'

it.each([
  [['__proto__', 'polluted'], '{"__proto__":{"polluted":1}}'],
  [['constructor', 'prototype', 'polluted'], '{"constructor":{"prototype":{"polluted":1}}}'],
  [['a', '__proto__'], '{"a":{"__proto__":1}}'],
])('puts a value at %j of the body, and nowhere else', (path, body) => {
  const place = compileRequestOption({ inject_into: 'body_json', field_path: path }, scriptedScope().interpolation)
  const options = emptyOptions()
  place.inject(options, 1)
  expect(JSON.stringify(mergedOptions('body', [{ b: 2 }, options.bodyJson], true))).toBe(`{"b":2,${body.slice(1)}`)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})
