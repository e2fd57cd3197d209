import { didYouMean } from '../../../base/index.js'
import type {
  AutomationSpec,
  AutomationType,
  Definitions,
  ScheduleSpec,
  SensorSpec,
} from '../../../orchestrate/index.js'
import { cliErrors } from '../../errors.js'

export type FoundAutomation =
  | { readonly type: 'schedule'; readonly spec: ScheduleSpec }
  | { readonly type: 'sensor'; readonly spec: SensorSpec }
  | { readonly type: 'automation'; readonly spec: AutomationSpec }

/** Everything that runs something by itself, in the order of the page. */
export async function allOf(definitions: Definitions): Promise<readonly FoundAutomation[]> {
  const { allAutomations } = await import('../../../orchestrate/index.js')
  const as = <T extends AutomationType, S>(type: T, specs: readonly S[]) => specs.map((spec) => ({ type, spec }))
  return [
    ...as('schedule', definitions.schedules),
    ...as('sensor', definitions.sensors),
    ...as('automation', allAutomations(definitions)),
  ]
}

/** @throws CLI_USAGE */
export async function findAutomation(definitions: Definitions, name: string): Promise<FoundAutomation> {
  const all = await allOf(definitions)
  const found = all.find(({ spec }) => spec.name === name)
  if (found) return found
  const { notKnownSince } = await import('../../../orchestrate/index.js')
  const names = all.map(({ spec }) => spec.name)
  const unknown = (definitions.broken ?? []).flatMap(notKnownSince)
  throw cliErrors.create('CLI_USAGE', {
    message: `There is no schedule, sensor or automation \`${name}\`.`,
    hint: [...unknown, didYouMean(name, names), '`millrace automation` lists them.'].filter((part) => part).join(' '),
  })
}
