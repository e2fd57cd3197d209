import { resolve } from 'node:path'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

export const backup: CommandDefinition = {
  name: 'backup',
  arguments: [['<file>', 'to be written; what is there already is replaced once all is written']],
  summary: 'Write all that the metadata store holds into a file, while everything goes on',
  details:
    'Runs, events, states, schedules and their cursors, users: all of one moment. Who is logged in is none of it, nor is the warehouse: its own tools back that up. The file holds what runs told and the hashes of passwords, and only you can read it.',
  examples: [['millrace backup before-upgrade.gz', 'for `millrace restore`']],
  json: '{path, tables, rows, bytes}',
  async run(file: string, options: GlobalOptions) {
    const [{ backUpStore }, { plural, sizeText }] = await Promise.all([
      import('../../platform/index.js'),
      import('../../base/index.js'),
    ])
    const report = await backUpStore(await openProject(options), resolve(file), stackOptions())
    const { path, rows, tables, bytes } = report
    if (options.json) console.log(JSON.stringify(report))
    else console.log(`Wrote ${plural(rows, 'row')} of ${plural(tables, 'table')} to ${path} (${sizeText(bytes)}).`)
    return 0
  },
}
