import type { Definitions } from '../../orchestrate/index.js'

/** What one role adds to the project's definitions. */
export type DefinitionParts = Pick<
  Definitions,
  'assets' | 'checks' | 'steps' | 'schedules' | 'sensors' | 'automations' | 'connections'
>

export const noParts: DefinitionParts = {
  assets: [],
  checks: [],
  steps: [],
  schedules: [],
  sensors: [],
  automations: [],
  connections: [],
}

export function joinParts(parts: readonly DefinitionParts[]): DefinitionParts {
  return {
    assets: parts.flatMap((part) => part.assets),
    checks: parts.flatMap((part) => part.checks),
    steps: parts.flatMap((part) => part.steps),
    schedules: parts.flatMap((part) => part.schedules),
    sensors: parts.flatMap((part) => part.sensors),
    automations: parts.flatMap((part) => part.automations ?? []),
    connections: parts.flatMap((part) => part.connections),
  }
}
