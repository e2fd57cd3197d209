import { describe, expect, it } from 'vitest'
import { aboveLiveArea, LiveArea } from './live-area.js'

const esc = String.fromCharCode(27)
const tokens = new RegExp(`${esc}\\[(\\??\\d*)([A-Za-z])|([^${esc}])`, 'gs')

/** A terminal that knows the few control sequences that the area uses. */
function screen() {
  const lines: string[] = ['']
  let [row, column] = [0, 0]
  let isCursorShown = true
  const control = (digits: string, letter: string) => {
    if (letter === 'A') row -= Number(digits)
    if (letter === 'J') lines.length = row + 1
    if (letter === 'J' || letter === 'K') lines[row] = (lines[row] ?? '').slice(0, column)
    if (digits === '?25') isCursorShown = letter === 'h'
  }
  const character = (text: string) => {
    if (text === '\r') column = 0
    else if (text === '\n') {
      column = 0
      lines[++row] ??= ''
    } else {
      const line = (lines[row] ?? '').padEnd(column)
      lines[row] = line.slice(0, column) + text + line.slice(++column)
    }
  }
  return {
    write(text: string) {
      for (const [, digits = '', letter, plain = ''] of text.matchAll(tokens))
        if (letter === undefined) character(plain)
        else control(digits, letter)
    },
    shown: () => lines.join('\n').trimEnd().split('\n'),
    isCursorShown: () => isCursorShown,
  }
}

describe('a live area', () => {
  it('stays below what is printed, and leaves nothing behind', () => {
    const terminal = screen()
    const area = new LiveArea(terminal)
    area.paint(['a 1 is longer', 'b 1'])
    area.paint(['a 2', 'b 2'])
    expect(terminal.shown()).toEqual(['a 2', 'b 2'])
    area.print('done')
    expect(terminal.shown()).toEqual(['done', 'a 2', 'b 2'])
    expect(terminal.isCursorShown()).toBe(false)
    area.close()
    expect(terminal.shown()).toEqual(['done'])
    expect(terminal.isCursorShown()).toBe(true)
  })

  it('shrinks without leftovers', () => {
    const terminal = screen()
    const area = new LiveArea(terminal)
    area.paint(['a', 'b', 'c'])
    area.paint(['d'])
    expect(terminal.shown()).toEqual(['d'])
    area.close()
  })

  it('makes room for others who print', () => {
    const terminal = screen()
    const area = new LiveArea(terminal)
    area.paint(['live'])
    aboveLiveArea(() => terminal.write('warning\n'))
    expect(terminal.shown()).toEqual(['warning', 'live'])
    area.close()
  })
})
