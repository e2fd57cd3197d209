import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

interface MigrateOptions extends GlobalOptions {
  readonly check?: boolean
}

export const migrate: CommandDefinition = {
  name: 'migrate',
  summary: 'Bring the tables of the metadata store up to date',
  details:
    'Every process does so when it starts; this does nothing else, for a user of the database who may change tables where the others may not.',
  options: [new Option('--check', 'change nothing: tell which changes are missing, and exit with 1 where some are')],
  examples: [
    ['millrace migrate', 'before processes of a new version start'],
    ['millrace migrate --check', 'what a new version would change'],
  ],
  json: '{schema, known, applied}: how many changes there are, and the names of those that were made now; with --check {schema, known, missing}',
  async run(options: MigrateOptions) {
    const [{ migrateStore, pendingMigrations }, { plural }] = await Promise.all([
      import('../../platform/index.js'),
      import('../../base/index.js'),
    ])
    if (options.check) return checkMigrations(options, pendingMigrations)
    const report = await migrateStore(await openProject(options), stackOptions())
    const { schema, known, applied } = report
    if (options.json) console.log(JSON.stringify(report))
    else if (applied.length === 0) console.log(`The tables in ${schema} are up to date: ${plural(known, 'migration')}.`)
    else console.log(`Brought the tables in ${schema} up to date: ${applied.join(', ')}.`)
    return 0
  },
}

async function checkMigrations(
  options: MigrateOptions,
  pendingMigrations: typeof import('../../platform/index.js').pendingMigrations,
): Promise<number> {
  const { schema, known, applied: missing } = await pendingMigrations(await openProject(options), stackOptions())
  if (options.json) console.log(JSON.stringify({ schema, known, missing }))
  else if (missing.length === 0) console.log(`The tables in ${schema} are up to date.`)
  else console.log(`${missing.length} of ${known} migrations are missing in ${schema}: ${missing.join(', ')}.`)
  return missing.length > 0 ? 1 : 0
}
