import { join } from 'node:path'
import { type ErrorJson, isWithin } from '../../../base/index.js'
import type { ConnectionSpec } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { openProject, withEngine } from '../../open-project.js'
import { err } from '../../output/colors.js'
import { errorLines } from '../../output/error-lines.js'
import { terminalWidth, textTable } from '../../output/table.js'

/** Of one that a server of Airbyte keeps both may be: its own, and one from here. */
function scheduleText({ schedule, remote }: ConnectionSpec): string {
  const here = schedule && `${[schedule.cron].flat().join(', ')} ${schedule.timezone}`
  const there = remote?.schedule && `${remote.schedule.text} (${remote.server})`
  if (remote && remote.status !== 'active') return `${remote.status} (${remote.server})`
  return [here, there].filter(Boolean).join('; ') || 'by hand'
}

/** The names of those that are missing. */
const secretsOf = (error: ErrorJson | undefined) =>
  (error?.data?.variables as readonly string[] | undefined) ?? ['a secret']

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The connections of the project',
  examples: [['millrace connections list', '`list` may be left out']],
  json: 'an array of {name, file, source, destination, schema?, streams, schedule?, waitsFor?}; of those that a server of Airbyte keeps also {server, title, page, scheduleThere?}',
  isDefault: true,
  async run(options: GlobalOptions) {
    return withEngine(options, async (engine) => {
      const { connections, problems, broken: parts = [] } = await engine.reload()
      const waits = new Map(parts.flatMap((part) => (part.isKnown ? part.steps.map((step) => [step, part.error]) : [])))
      const rows = connections.map((one) => ({
        name: one.name,
        file: one.file,
        source: one.sourceConnector,
        destination: one.destinationConnector,
        ...(one.destinationSchema === undefined ? {} : { schema: one.destinationSchema }),
        streams: one.streams.map((stream) => stream.name),
        schedule: one.schedule,
        ...(waits.has(one.step) ? { waitsFor: secretsOf(waits.get(one.step)) } : {}),
        ...(one.remote
          ? {
              server: one.remote.server,
              title: one.remote.title,
              page: one.remote.page,
              scheduleThere: one.remote.schedule,
            }
          : {}),
      }))
      const { dir, extractLoadDir } = await openProject(options)
      const isBroken = ({ at }: ErrorJson) => at !== undefined && isWithin(extractLoadDir, join(dir, at.file))
      // A file that cannot be read is a connection that is missing from the list.
      const broken = problems.filter(isBroken)
      if (options.json) console.log(JSON.stringify(rows))
      else if (rows.length > 0)
        console.log(
          textTable(
            [
              { name: 'connection', isWhole: true },
              { name: 'source' },
              { name: 'into' },
              { name: 'schedule' },
              { name: 'streams' },
            ],
            connections.map((one) => [
              one.name,
              one.sourceConnector,
              one.destinationSchema ?? one.destinationConnector,
              waits.has(one.step) ? `waits for ${secretsOf(waits.get(one.step)).join(', ')}` : scheduleText(one),
              one.streams.map(({ name }) => name).join(', '),
            ]),
            { width: terminalWidth() },
          ),
        )
      else if (broken.length === 0) console.log('No connections yet. Make one: millrace connections create')
      for (const problem of broken) for (const line of errorLines(problem, err)) console.error(line)
      return broken.length === 0 ? 0 : 1
    })
  },
}
