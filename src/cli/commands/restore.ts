import { resolve } from 'node:path'
import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

interface RestoreOptions extends GlobalOptions {
  readonly replace?: boolean
}

export const restore: CommandDefinition = {
  name: 'restore',
  arguments: [['<file>', 'that `millrace backup` has written']],
  summary: 'Put what a backup holds into the place of what the metadata store holds',
  details:
    'As a whole or not at all, and brought up to date with this version. Runs that went on when the backup was made are taken up again. The store may be another one: an embedded one moves to a PostgreSQL of your own so, and back.',
  options: [new Option('--replace', 'where the store holds runs or users: they go')],
  examples: [
    ['millrace restore before-upgrade.gz', 'into a new store'],
    ['DATABASE_URL=postgresql://… millrace restore before-upgrade.gz', 'into a PostgreSQL of your own'],
  ],
  json: '{rows, madeAt, version, applied}: applied names the migrations that the backup had not been through',
  async run(file: string, options: RestoreOptions) {
    const [{ restoreStore }, { plural }] = await Promise.all([
      import('../../platform/index.js'),
      import('../../base/index.js'),
    ])
    const project = await openProject(options)
    const report = await restoreStore(project, resolve(file), {
      ...stackOptions(),
      replaces: options.replace === true,
    })
    const { rows, madeAt, version, applied } = report
    if (options.json) console.log(JSON.stringify(report))
    else
      console.log(
        `Restored ${plural(rows, 'row')} as of ${madeAt}, written by Millrace ${version}${applied.length > 0 ? `; brought up to date by ${applied.join(', ')}` : ''}.`,
      )
    return 0
  },
}
