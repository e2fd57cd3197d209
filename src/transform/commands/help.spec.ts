import { expect, it } from 'vitest'
import { commandTable } from './flags/command-table.js'
import { flags } from './flags/flag-table.js'
import { helpLines, overviewLines } from './help.js'
import { commands } from './run-dbt-command.js'

it('every command has its help, and no other', () => {
  expect(Object.keys(commandTable).sort()).toEqual(Object.keys(commands).sort())
  expect(helpLines('toString')).toBeUndefined()
})

it('every flag with an effect is told by some command, within 100 columns', () => {
  const told = new Set(Object.keys(commandTable).flatMap((name) => helpLines(name) ?? []))
  const all = [...told, ...overviewLines].join('\n')
  const names = flags.filter(({ help }) => help !== undefined).map(({ names: [name] }) => name as string)
  expect(names.filter((name) => !all.includes(name))).toEqual([])
  expect(all).not.toContain('undefined')
  expect(Math.max(...all.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})
