import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { openProject } from '../../open-project.js'
import { out } from '../../output/colors.js'

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [['<connector>', 'one that was added to the project']],
  summary: 'Take a connector out of the project that was added to it, unless a connection uses it',
  examples: [['millrace connectors remove shop', 'its folder goes, and nothing else']],
  json: '{name, folder}',
  async run(name: string, options: GlobalOptions) {
    const { removeConnector } = await import('../../../extract-load/index.js')
    const { dir, extractLoadDir } = await openProject(options)
    const folder = await removeConnector(name, { projectDir: dir, folder: extractLoadDir })
    console.log(options.json ? JSON.stringify({ name, folder }) : `${out.green('removed')} ${folder}`)
    return 0
  },
}
