import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { allConnectors, stageWords } from './find-connector.js'

export const list: CommandDefinition = {
  name: 'list',
  summary: 'Every connector, sources first; of them those first that were added to the project',
  examples: [['millrace connectors list', '`list` may be left out']],
  json: 'an array of {name, title, kind, releaseStage, version, description, spec}',
  isDefault: true,
  async run(options: GlobalOptions) {
    const all = await allConnectors(options)
    if (options.json) console.log(JSON.stringify(all))
    else
      console.log(
        textTable(
          [{ name: 'connector' }, { name: 'kind' }, { name: 'stage' }, { name: 'what' }],
          all.map((one) => [one.name, one.kind, stageWords(one), one.description]),
          { width: terminalWidth(), wrapLast: true },
        ),
      )
    return 0
  },
}
