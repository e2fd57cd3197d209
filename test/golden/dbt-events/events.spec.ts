import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TempProject } from '../../transform/support/temp-project.js'

interface Fired {
  readonly name: string
  readonly level: string
  readonly code: string
  readonly keys: readonly string[]
}
interface Golden {
  readonly header: { readonly dbt: string }
  readonly files: Readonly<Record<string, string>>
  readonly commands: Readonly<Record<string, { readonly exit: number; readonly events: readonly Fired[] }>>
}

/** What the real dbt fires for the same commands; `scripts/golden/dbt_events.py` records it. */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'events.json'), 'utf8')) as Golden

/** Where dbt writes how long parsing took; here `npm run bench` says it. */
const dbtsOwn = new Set(['ParsePerfInfoPath'])

function eventsOf(output: string): Fired[] {
  const seen = new Map<string, { name: string; level: string; code: string; keys: Set<string> }>()
  for (const line of output.split('\n').filter((one) => one.startsWith('{'))) {
    const { info, data } = JSON.parse(line)
    const key = `${info.name} ${info.level}`
    const entry = seen.get(key) ?? { name: info.name, level: info.level, code: info.code, keys: new Set<string>() }
    for (const one of Object.keys(data)) entry.keys.add(one)
    seen.set(key, entry)
  }
  return [...seen.keys()].sort().map((key) => {
    const entry = seen.get(key) as { name: string; level: string; code: string; keys: Set<string> }
    return { ...entry, keys: [...entry.keys].sort() }
  })
}

/** Which connection a statement goes over, and so to which node it belongs, is the engine's own business. */
const comparable = (event: Fired) =>
  event.level === 'debug' ? { ...event, keys: event.keys.filter((key) => key !== 'node_info') } : event
const isSaid = ({ level, name }: Fired) => level !== 'debug' && !dbtsOwn.has(name)
const labels = (events: readonly Fired[]) => events.filter(isSaid).map(({ name, level }) => `${name} ${level}`)

test('every command says the events of dbt, with their codes, levels and keys', async () => {
  const project = new TempProject(golden.files)
  for (const [command, { exit, events }] of Object.entries(golden.commands)) {
    const words = [...command.split(' '), '--no-partial-parse', '--log-format', 'json', '--log-level', 'debug']
    const { code, output } = await project.dbt(words)
    const ours = eventsOf(output)
    expect([command, code], output.slice(-2000)).toEqual([command, exit])
    // Parsing alone says what there is, where dbt says nothing but how long it took.
    const said = labels(ours).filter((label) => command !== 'parse' || label !== 'FoundStats info')
    expect([command, ...said]).toEqual([command, ...labels(events).sort()])
    for (const event of ours) {
      const theirs = events.find(({ name, level }) => name === event.name && level === event.level)
      if (theirs) expect([command, comparable(event)]).toEqual([command, comparable(theirs)])
    }
  }
})
