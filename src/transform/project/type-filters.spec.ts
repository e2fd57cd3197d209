import { describe, expect, it } from 'vitest'
import { JinjaEnvironment } from '../../jinja/index.js'
import { settingsRenderer } from './render.js'
import { textTypeFilters } from './type-filters.js'

const env = { PORT: '5432', CODE: '007', ON: 'true' }

describe('filters of types', () => {
  it.each([
    ["{{ env_var('PORT') | as_number }}", 5432],
    ["{{ env_var('PORT') | as_text }}", '5432'],
    ["{{ env_var('PORT') | as_native }}", 5432],
    ["{{ env_var('ON') | as_bool }}", true],
    ["{{ env_var('CODE') }}", '007'],
    ["{{ env_var('CODE') == '007' | as_bool }}", true],
  ])('%s in settings', (text, expected) => {
    expect(settingsRenderer(env, 'profiles.yml')(text)).toBe(expected)
  })
  it.each(["{{ env_var('PORT') | as_bool }}", "{{ env_var('ON') | as_number }}"])('%s is refused', (text) => {
    expect(() => settingsRenderer(env, 'profiles.yml')(text)).toThrow('Could not convert value')
  })
  it('change nothing in SQL, where everything is text', () => {
    const jinja = new JinjaEnvironment({ filters: textTypeFilters })
    const source = "{{ '1'|as_number }}{{ x|as_bool }}{{ 'a'|as_text }}{{ [1]|as_native }}{{ [1]|is_list }}"
    expect(jinja.compile({ name: 'a', source }).renderSync({ x: false })).toBe('1Falsea[1]True')
  })
})
