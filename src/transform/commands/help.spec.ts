import { expect, it } from 'vitest'
import { flags } from './flags/flag-table.js'
import { commandHelp, helpLines } from './help.js'
import { commands } from './run-dbt-command.js'

it('every command has its help, and no other', () => {
  expect(Object.keys(commandHelp).sort()).toEqual(Object.keys(commands).sort())
  expect(helpLines('toString')).toBeUndefined()
})

it('every flag with an effect is told by some command, within 120 columns', () => {
  const told = new Set(Object.keys(commandHelp).flatMap((name) => helpLines(name) ?? []))
  const all = [...told].join('\n')
  const names = flags.filter(({ help }) => help !== undefined).map(({ names: [name] }) => name as string)
  expect(names.filter((name) => !all.includes(name))).toEqual([])
  expect(all).not.toContain('undefined')
  expect(Math.max(...all.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
})
