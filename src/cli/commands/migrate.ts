import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

export const migrate: CommandDefinition = {
  name: 'migrate',
  summary: 'Bring the tables of the metadata store up to date',
  details:
    'Every process does so when it starts; this does nothing else, for a user of the database who may change tables where the others may not.',
  examples: [['millrace migrate', 'before processes of a new version start']],
  json: '{schema, known, applied}: how many changes there are, and the names of those that were made now',
  async run(options: GlobalOptions) {
    const [{ migrateStore }, { plural }] = await Promise.all([
      import('../../platform/index.js'),
      import('../../base/index.js'),
    ])
    const report = await migrateStore(await openProject(options), stackOptions())
    const { schema, known, applied } = report
    if (options.json) console.log(JSON.stringify(report))
    else if (applied.length === 0) console.log(`The tables in ${schema} are up to date: ${plural(known, 'migration')}.`)
    else console.log(`Brought the tables in ${schema} up to date: ${applied.join(', ')}.`)
    return 0
  },
}
