import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { out } from '../../output/colors.js'
import { schemaText } from '../../output/schema-text.js'
import { terminalWidth } from '../../output/table.js'
import { findConnector, stageWords } from './find-connector.js'

export const show: CommandDefinition = {
  name: 'show',
  arguments: [['<connector>', 'a connector that `millrace connectors` lists']],
  summary: 'One connector: what it does and which settings it takes',
  examples: [
    ['millrace connectors show postgres', 'to read'],
    ['millrace connectors show destination-file', 'of a source and a destination with one name, this one'],
  ],
  json: '{name, title, kind, releaseStage, version, description, spec}',
  async run(name: string, options: GlobalOptions) {
    const { found, namesake } = await findConnector(name, options)
    if (options.json) console.log(JSON.stringify(found))
    else {
      console.log(`${out.bold(found.name)}  ${out.dim(`${found.kind}, ${stageWords(found)}`)}\n${found.description}\n`)
      console.log(schemaText(found.spec, terminalWidth()) || 'It takes no settings.')
      if (namesake !== undefined)
        console.log(`\n${out.dim(`Another one has this name: millrace connectors show ${namesake}`)}`)
    }
    return 0
  },
}
