import { expect, test } from 'vitest'
import { settingsRenderer } from './render.js'

test.each([
  ["{{ var('x', 'd') is none }}", true],
  ["{{ var('constructor', 'd') }}", 'd'],
  ["{{ var('y', 'd') }}", 'e'],
])('vars of the command line in files of settings: %s', (template, expected) => {
  expect(settingsRenderer({}, 'dbt_project.yml', { vars: { x: null, y: 'e' } })(template)).toBe(expected)
})

test('a var that nobody gave, though every object has one of its name', () => {
  expect(() => settingsRenderer({}, 'dbt_project.yml')("{{ var('constructor') }}")).toThrow("'constructor' not found")
})
