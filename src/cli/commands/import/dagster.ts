import { Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { DagsterImport } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { interruptSignal } from '../../interrupt.js'
import { openProject, withEngine } from '../../open-project.js'
import { sentHeaders } from './sent-headers.js'
import { tellWritten } from './tell-written.js'

interface DagsterOptions extends GlobalOptions {
  readonly url: string
  readonly location?: string
  readonly out?: string
  readonly tokenEnv?: string
  readonly header?: readonly string[]
  readonly force?: boolean
  readonly dryRun?: boolean
}

export const dagster: CommandDefinition = {
  name: 'dagster',
  summary: 'Write what a running Dagster has as definitions, with a list of what is left to do',
  details:
    'Asks the GraphQL of a webserver; nothing is changed there. Schedules, jobs, conditions, partitions, limits and what assets say of themselves are written whole; what dbt and Airbyte make is found among the streams and models of the project. Code of Python becomes assets that say what has to be written, sensors become comments.',
  options: [
    new Option('--url <url>', 'where its page opens').default('http://localhost:3000'),
    new Option('--location <name>', 'only this code location; all of them when left out'),
    new Option('--out <file>', 'the file to write; orchestration/imported_dagster.ts when left out'),
    new Option('--token-env <name>', 'the variable that holds a user token of Dagster+').default(
      'DAGSTER_CLOUD_API_TOKEN',
    ),
    new Option(
      '--header <header>',
      "what is sent besides, as often as needed: 'Authorization: Bearer ${TOKEN}'",
    ).argParser((value: string, all: readonly string[] = []) => [...all, value]),
    new Option('--force', 'overwrite files that say something else'),
    new Option('--dry-run', 'write nothing, and show the file'),
  ],
  examples: [
    ['millrace import dagster --dry-run', 'what would become of the Dagster on this machine'],
    ['millrace import dagster --url https://acme.dagster.cloud/prod --location marts', 'one code location of Dagster+'],
  ],
  json: '{dagster, locations, files, assets, schedules, tasks}; with --dry-run also the texts of the files',
  async run(options: DagsterOptions) {
    const { importDagster } = await import('../../../platform/index.js')
    const headers = sentHeaders(options, process.env)
    const { force, location, out, url } = options
    const found = await withEngine(options, async (engine) =>
      importDagster(await openProject(options), await engine.definitions(), {
        url,
        location,
        out,
        force,
        headers,
        isDryRun: options.dryRun,
        signal: interruptSignal(),
      }),
    )
    const { texts, ...told } = found
    if (options.json) console.log(JSON.stringify(options.dryRun ? found : told))
    else tell(found, options)
    return 0
  },
}

function tell(found: DagsterImport, { dryRun = false }: DagsterOptions): void {
  const { assets, schedules, tasks, texts } = found
  if (dryRun) for (const [path, text] of Object.entries(texts)) console.log(`# ${path}\n\n${text}`)
  const parts = [
    `${plural(assets.here, 'asset')} here already`,
    `${assets.declared} to be written`,
    `${assets.external} of others`,
    ...(assets.missing > 0 ? [`${assets.missing} not in the project yet`] : []),
    plural(schedules, 'schedule'),
  ]
  console.log(`Dagster ${found.dagster}, ${found.locations.join(', ')}: ${parts.join(', ')}.`)
  tellWritten(found.files, { isDryRun: dryRun, tasks })
}
