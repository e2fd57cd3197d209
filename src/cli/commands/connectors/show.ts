import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { out } from '../../output/colors.js'
import { schemaText } from '../../output/schema-text.js'
import { terminalWidth } from '../../output/table.js'
import { findConnector } from './find-connector.js'

export const show: CommandDefinition = {
  name: 'show',
  arguments: [['<name>', 'a connector that `millrace connectors` lists']],
  summary: 'One connector: what it does and which settings it takes',
  examples: [['millrace connectors show postgres', 'to read']],
  json: '{name, title, kind, releaseStage, version, description, spec}',
  async run(name: string, options: GlobalOptions) {
    const found = await findConnector(name)
    if (options.json) console.log(JSON.stringify(found))
    else {
      console.log(`${out.bold(found.name)}  ${out.dim(`${found.kind}, ${found.releaseStage}`)}\n${found.description}\n`)
      console.log(schemaText(found.spec, terminalWidth()))
    }
    return 0
  },
}
