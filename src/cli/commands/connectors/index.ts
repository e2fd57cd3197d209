import type { CommandFamily } from '../../command.js'
import { add } from './add.js'
import { list } from './list.js'
import { preview } from './preview.js'
import { remove } from './remove.js'
import { show } from './show.js'
import { spec } from './spec.js'

export const connectors: CommandFamily = {
  name: 'connectors',
  summary: 'List the connectors, show what one takes, add one of a manifest and try it',
  examples: [
    ['millrace connectors', 'all of them'],
    ['millrace connectors show file', 'the settings of one'],
    ['millrace connectors spec --command source-faker', 'the settings of an Airbyte connector'],
    ['millrace connectors add ./source-shop/manifest.yaml', 'a declarative connector of Airbyte, run without Python'],
    [
      "millrace connectors preview shop --set 'token=${SHOP_TOKEN}'",
      'its first records, with what was asked and answered',
    ],
  ],
  commands: [list, show, spec, add, remove, preview],
}
