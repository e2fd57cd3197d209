import type { CommandFamily } from '../../command.js'
import { airbyte } from './airbyte.js'
import { dagster } from './dagster.js'

export const importFamily: CommandFamily = {
  name: 'import',
  summary: 'Take over what an Airbyte or a Dagster has',
  examples: [
    ['millrace import airbyte --url http://localhost:8000', 'its connections, with how far each has read'],
    [
      'millrace import dagster --url http://localhost:3000',
      'its schedules, jobs and assets, with a list of what is left to do',
    ],
  ],
  commands: [airbyte, dagster],
}
