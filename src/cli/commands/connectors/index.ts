import type { CommandFamily } from '../../command.js'
import { list } from './list.js'
import { show } from './show.js'
import { spec } from './spec.js'

export const connectors: CommandFamily = {
  name: 'connectors',
  summary: 'List the connectors, or show what one takes',
  examples: [
    ['millrace connectors', 'all of them'],
    ['millrace connectors show file', 'the settings of one'],
    ['millrace connectors spec --command source-faker', 'the settings of an Airbyte connector'],
  ],
  commands: [list, show, spec],
}
