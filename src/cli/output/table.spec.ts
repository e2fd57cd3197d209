import { describe, expect, it } from 'vitest'
import { displayWidth } from './display-width.js'
import { textTable } from './table.js'

const columns = (...names: string[]) => names.map((name) => ({ name }))
const widest = (text: string) => Math.max(...text.split('\n').map(displayWidth))

describe('a table', () => {
  it('pads to the widest cell, numbers on the right', () =>
    expect(
      textTable(columns('route', 'flights'), [
        ['東京-NYC', 7],
        ['LAX', 1200],
      ]),
    ).toBe('route     flights\n東京-NYC        7\nLAX          1200'))

  it('cuts the widest columns first, and leaves short ones whole', () => {
    const text = textTable(columns('id', 'name', 'description'), [['a1', 'short', 'long '.repeat(30)]], { width: 40 })
    expect(widest(text)).toBeLessThanOrEqual(40)
    expect(text).toContain('a1  short  long long')
    expect(text).toContain('…')
  })

  it('never cuts what must be whole', () => {
    const id = '01a210bf-d6f5-7acb-a70e-a98df92646af'
    const text = textTable([{ name: 'run', isWhole: true }, { name: 'selection' }], [[id, 'long '.repeat(30)]], {
      width: 60,
    })
    expect(text).toContain(id)
    expect(widest(text)).toBeLessThanOrEqual(60)
  })

  it('that cannot fit becomes a block of lines per row', () => {
    const names = Array.from({ length: 12 }, (_, i) => `column_${i}`)
    const text = textTable(columns(...names), [names.map((name) => `value of ${name}`)], { width: 40 })
    expect(text).toMatch(/^row 1\ncolumn_0 {3}value of column_0\n/)
    expect(widest(text)).toBeLessThanOrEqual(40)
  })

  it('in a pipe is never cut', () =>
    expect(textTable(columns('text'), [['long '.repeat(100)]])).toContain('long '.repeat(99)))

  it('of data cannot steer the terminal', () =>
    expect(textTable(columns('a'), [['\u001b[2Jgone\nnext']])).toBe('a\n\\x1b[2Jgone\\nnext'))
})
