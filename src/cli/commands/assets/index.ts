import type { CommandFamily } from '../../command.js'
import { list } from './list.js'
import { report } from './report.js'

export const assets: CommandFamily = {
  name: 'assets',
  summary: 'List assets, report those that others made',
  examples: [
    ['millrace assets', 'all of them'],
    ["millrace assets 'kind:stream'", 'what the connections load'],
    ['millrace assets report raw/prices --data-version 17', 'others made it'],
  ],
  commands: [list, report],
}
