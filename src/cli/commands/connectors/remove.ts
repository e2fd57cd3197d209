import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [['<connector>', 'one that was added to the project']],
  summary:
    'Take a connector out of the project that was added to it, unless a connection, or a source that a client of Airbyte made, uses it',
  examples: [['millrace connectors remove shop', 'its folder goes, and nothing else']],
  json: '{name, folder}',
  async run(name: string, options: GlobalOptions) {
    const { folder } = await withEngine(options, (engine) => engine.removeConnector(name))
    console.log(options.json ? JSON.stringify({ name, folder }) : `${out.green('removed')} ${folder}`)
    return 0
  },
}
