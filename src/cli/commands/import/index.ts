import type { CommandFamily } from '../../command.js'
import { dagster } from './dagster.js'

export const importFamily: CommandFamily = {
  name: 'import',
  summary: 'Take over what a Dagster has',
  examples: [
    [
      'millrace import dagster --url http://localhost:3000',
      'schedules, jobs, assets, with a list of what is left to do',
    ],
  ],
  commands: [dagster],
}
