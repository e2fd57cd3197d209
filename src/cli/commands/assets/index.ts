import type { CommandFamily } from '../../command.js'
import { list } from './list.js'
import { report } from './report.js'
import { status } from './status.js'

export const assets: CommandFamily = {
  name: 'assets',
  summary: 'List assets and how they stand, report those that others made',
  examples: [
    ['millrace assets', 'all of them'],
    ["millrace assets 'kind:stream'", 'what the connections load'],
    ['millrace assets status', 'how they stand'],
    ['millrace assets report raw/prices --data-version 17', 'others made it'],
  ],
  commands: [list, status, report],
}
