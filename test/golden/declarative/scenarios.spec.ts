import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differences } from '../../conformance/declarative/differences.js'
import { playScenario } from '../../conformance/declarative/play-scenario.js'
import { goldenOf, readScenario, scenarioNames } from '../../conformance/declarative/scenario.js'

/** By scenario and step: why we do otherwise than the CDK there. */
const known = JSON.parse(readFileSync(new URL('known-differences.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>

/** `golden.json` is what Airbyte's Python CDK did; test/conformance/declarative records it. */
describe('a manifest is run as the CDK runs it', () => {
  const played = scenarioNames().map((name) => ({ name, steps: readScenario(name).steps.map(({ id }) => `${name} ${id}`) }))

  it.each(played)('$name', async ({ name }) => {
    const scenario = readScenario(name)
    const [golden, ours] = [goldenOf(scenario), await playScenario(scenario)]
    const report = scenario.steps.flatMap(({ id }) => {
      const [wanted, got] = [golden[id], ours[id]]
      if (!wanted || !got) return [`${name} ${id}: not recorded; run oracle.py record`]
      const found = differences(wanted, got, scenario)
      const reason = known[`${name} ${id}`]
      if (reason === undefined) return found.map((line) => `${name} ${id}: ${line}`)
      return found.length > 0 ? [] : [`${name} ${id} is listed as different and is not: ${reason}`]
    })
    expect(report.join('\n')).toBe('')
  })

  it('lists as different only what there is', () => {
    const steps = new Set(played.flatMap((scenario) => scenario.steps))
    expect(Object.keys(known).filter((key) => !steps.has(key))).toEqual([])
  })
})
