import { expect, it } from 'vitest'
import { z } from 'zod'
import { readSettings } from './read-settings.js'

const schema = z.strictObject({
  port: z.number().int(),
  name: z.string(),
  tls: z.strictObject({ on: z.boolean() }).optional(),
})
const read = (config: Record<string, unknown>) => readSettings('test', schema, config, 'el/c.yaml')

it('takes a number and a truth value that came as text, as from a variable of the environment', () => {
  expect(read({ port: '5432', name: '123', tls: { on: 'true' } })).toEqual({
    port: 5432,
    name: '123',
    tls: { on: true },
  })
})

it('refuses a text that means neither', () => {
  expect(() => read({ port: 'many', name: 'a' })).toThrow(/port/)
  expect(() => read({ port: '1.5', name: 'a' })).toThrow(/port/)
  expect(() => read({ port: 1, name: 'a', tls: { on: 'yes' } })).toThrow(/tls\.on/)
})
