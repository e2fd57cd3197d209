import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differences } from '../../conformance/declarative/differences.js'
import { playScenario } from '../../conformance/declarative/play-scenario.js'
import {
  byText,
  type GoldenStep,
  goldenOf,
  isOrdered,
  readScenario,
  type Scenario,
  scenarioNames,
} from '../../conformance/declarative/scenario.js'

/** By scenario and step: why we do otherwise than the CDK there. */
const known = JSON.parse(readFileSync(new URL('known-differences.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>

/** `golden.json` is what Airbyte's Python CDK did; test/conformance/declarative records it. */
describe('a manifest is run as the CDK runs it', () => {
  const played = scenarioNames().map((name) => ({
    name,
    steps: readScenario(name).steps.map(({ id }) => `${name} ${id}`),
  }))

  it.each(played)('$name', async ({ name }) => {
    const scenario = readScenario(name)
    const [golden, ours] = [goldenOf(scenario), await playScenario(scenario)]
    const report = scenario.steps.flatMap(({ id }) => {
      const found = compared(golden[id], ours[id], scenario)
      const reason = known[`${name} ${id}`]
      if (reason === undefined) return found.map((line) => `${name} ${id}: ${line}`)
      return found.length > 0 ? [] : [`${name} ${id} is listed as different and is not: ${reason}`]
    })
    expect(report.join('\n')).toBe('')
  })

  it.each(played)('$name, with its records as a sync takes them', async ({ name }) => {
    const whole = readScenario(name)
    const scenario = { ...whole, steps: whole.steps.filter(({ command }) => command === 'read') }
    const [golden, ours] = [goldenOf(scenario), await playScenario(scenario, { packsRecords: true })]
    const report = scenario.steps
      .filter(({ id }) => !(`${name} ${id}` in known))
      .flatMap(({ id }) =>
        compared(withoutNulls(golden[id], scenario), withoutNulls(ours[id], scenario), scenario).map(
          (line) => `${name} ${id}: ${line}`,
        ),
      )
    expect(report.join('\n')).toBe('')
  })

  it('lists as different only what there is', () => {
    const steps = new Set(played.flatMap((scenario) => scenario.steps))
    expect(Object.keys(known).filter((key) => !steps.has(key))).toEqual([])
  })
})

function compared(golden: GoldenStep | undefined, ours: GoldenStep | undefined, scenario: Scenario): string[] {
  return golden && ours ? differences(golden, ours, scenario) : ['not recorded; run oracle.py record']
}

/** A field that is null, and one that is missing, are NULL of a column both. */
function withoutNulls(step: GoldenStep | undefined, scenario: Scenario): GoldenStep | undefined {
  const present = (record: unknown) =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => value !== null))
  const streams = Object.entries(step?.streams ?? {}).map(([name, stream]) => {
    const records = stream.records.map(present)
    if (!isOrdered(scenario, name)) records.sort(byText)
    return [name, { ...stream, records }] as const
  })
  return step && { ...step, streams: Object.fromEntries(streams) }
}
