import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [['<connection>', 'a connection of the project']],
  summary: 'Take a connection out of the project; what it loaded stays',
  details:
    'Its file is moved to where the answer says: put back by hand, it goes on where it was. Its tables stay as they are, and so do secrets that were kept for it: `millrace secrets` lists and deletes them.',
  examples: [
    ['millrace connections remove shop', 'its file goes, its tables stay'],
    ['millrace connections clear shop', 'before that, where the tables are to go as well'],
  ],
  json: '{connection, file, keptAt}',
  async run(name: string, options: GlobalOptions) {
    const removed = await withEngine(options, (engine) => engine.removeConnection(name))
    if (options.json) console.log(JSON.stringify({ connection: name, ...removed }))
    else console.log(`${out.green('removed')} ${removed.file}\n  kept at ${removed.keptAt}; what it loaded stays`)
    return 0
  },
}
