import { Option } from 'commander'
import { errorFromJson } from '../../../base/index.js'
import type {
  CheckResult,
  ConfiguredStream,
  ConnectionDraft,
  ConnectionFile,
  ConnectionSchedule,
  SchemaChangePolicy,
} from '../../../extract-load/index.js'
import type { Engine } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { askSettings } from '../../new-connection/ask-settings.js'
import { destinationFor, inModesOf, usualSchema } from '../../new-connection/choose-destination.js'
import {
  askModes,
  askStreams,
  flaggedStreams,
  type ModeFlags,
  namedStreams,
} from '../../new-connection/choose-streams.js'
import { openQuestions, type Questions } from '../../new-connection/questions.js'
import { readSetFlags } from '../../new-connection/set-flags.js'
import { missingSettings, type SettingSchema, type Settings } from '../../new-connection/setting-schema.js'
import { withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'

interface CreateOptions extends GlobalOptions, ModeFlags {
  readonly connector?: string
  readonly set?: readonly string[]
  readonly streams?: string
  readonly destination?: string
  readonly destinationSet?: readonly string[]
  readonly schema?: string
  readonly prefix?: string
  readonly schemaChanges?: SchemaChangePolicy
  readonly cron?: string
  readonly timezone?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

const collect = (value: string, before: readonly string[] = []) => [...before, value]

export const create: CommandDefinition = {
  name: 'create',
  arguments: [['[name]', 'what it is called; its file is too']],
  summary: 'Make a connection: check its source, choose streams, write its file',
  details:
    'Asks at the terminal for what the flags leave open. Without a terminal nothing is asked: what is needed and missing is an error. Secrets are never written: the file names a variable of the environment for each.',
  options: [
    new Option('--connector <name>', 'the source, as `millrace connectors` lists them'),
    new Option('--set <setting=value>', 'a setting of the source; deeper ones with dots; may be repeated').argParser(
      collect,
    ),
    new Option('--streams <names>', 'which to load, separated by commas, or `all`'),
    new Option('--destination <name>', 'where to load: the warehouse when left out'),
    new Option('--destination-set <setting=value>', 'a setting of that destination; may be repeated').argParser(
      collect,
    ),
    new Option('--schema <schema>', `the schema of the tables (default: ${usualSchema})`),
    new Option('--prefix <prefix>', 'put before the name of each table'),
    new Option('--sync-mode <mode>', 'for every stream, instead of what is proposed').choices([
      'full_refresh',
      'incremental',
    ]),
    new Option('--cursor <[stream=]column>', 'the column that tells what is new; may be repeated').argParser(collect),
    new Option(
      '--key <[stream=]columns>',
      'the primary key, its columns separated by commas; may be repeated',
    ).argParser(collect),
    new Option('--fields <[stream=]fields>', 'load only these fields, separated by commas; may be repeated').argParser(
      collect,
    ),
    new Option('--schema-changes <policy>', 'what becomes of it when fields change in the source').choices([
      'ignore',
      'pause',
      'propagate_columns',
      'propagate_fully',
    ]),
    new Option('--cron <expression>', 'when to sync; by hand only when left out'),
    new Option('--timezone <zone>', 'the time zone of --cron (default: UTC)'),
    new Option('-y, --yes', 'take what is proposed, and write without asking'),
    new Option('--dry-run', 'show the file, and write nothing'),
  ],
  examples: [
    ['millrace connections create', 'asks for everything'],
    [
      "millrace connections create shop --connector postgres --set host=db --set database=shop --set username=reader --set 'password=${SHOP_PASSWORD}' --streams all --prefix shop_",
      'a database, without questions',
    ],
    [
      'millrace connections create trips --connector file --set streams.0.name=trips --set streams.0.path=data/*.csv --streams all --dry-run',
      'files; only shows what would be written',
    ],
    [
      'millrace connections create demo --connector faker --streams all --destination file --destination-set path=exports',
      'sample data, into files',
    ],
  ],
  json: '{name, file, yaml, missingVariables, isWritten}; nothing is asked',
  async run(name: string | undefined, options: CreateOptions) {
    const isAsking = process.stdin.isTTY === true && !options.json
    const questions = isAsking ? openQuestions() : undefined
    try {
      return await withEngine(options, (engine) => makeConnection(engine, questions, name, options))
    } finally {
      questions?.close()
    }
  },
}

async function makeConnection(
  engine: Engine,
  questions: Questions | undefined,
  givenName: string | undefined,
  options: CreateOptions,
): Promise<number> {
  const asking = options.yes ? undefined : questions
  const tell = (text: string) => {
    if (!options.json) console.log(text)
  }
  const connector = options.connector ?? (await askConnector(questions))
  const { connections } = await engine.definitions()
  const taken = (wanted: string) => connections.find((one) => one.name === wanted)
  const name =
    givenName ??
    (await questions?.text({
      label: 'Name of the connection',
      fallback: taken(connector) ? undefined : connector,
      problem: (wanted) => taken(wanted) && `There is one of this name in ${taken(wanted)?.file}.`,
    }))
  if (name === undefined) throw missing('the name of the connection', 'Give it: millrace connections create shop …')
  const destination = await destinationFor(name, asking, options)
  const signal = interruptSignal()

  let draft: ConnectionDraft
  let before: Settings = {}
  for (;;) {
    const config = await settingsOf(engine, questions, connector, options.set ?? [], before)
    before = config
    draft = { name, source: { connector, config }, destination, streams: [] }
    const check = await engine.checkDraft(draft, { signal })
    tell(
      `${check.status === 'succeeded' ? out.green('ok    ') : out.red('failed')} ${check.message ?? 'The source can be read.'}`,
    )
    if (check.status === 'succeeded') break
    if (!questions || !(await questions.yes('Give the settings again?', true))) throw await checkError(check)
  }
  const discovered = await engine.discoverDraft(draft, { signal })
  if (options.streams === undefined && !questions)
    throw missing(
      '`--streams`',
      `Give --streams all, or some of: ${discovered.map((stream) => stream.name).join(', ') || 'none'}`,
    )
  const chosen =
    options.streams === undefined
      ? await askStreams(questions as Questions, discovered)
      : await namedStreams(options.streams, discovered, name)
  const proposed = await flaggedStreams(chosen, options)
  const asked: readonly ConfiguredStream[] = asking ? await askModes(asking, chosen, proposed) : proposed
  const streams = await inModesOf(destination, asked)
  const { schemaChanges } = options
  draft = { ...draft, streams, schemaChanges, schedule: await scheduleOf(asking, options) }

  const file = await engine.previewConnection(draft, { signal })
  tell(`\n${out.dim(`# ${file.file}`)}\n${file.yaml}`)
  const isWritten = !options.dryRun && (!asking || (await asking.yes(`Write ${file.file}?`, true)))
  if (isWritten) await engine.createConnection(draft, { signal })
  if (options.json) console.log(JSON.stringify({ name, ...file, isWritten }))
  else for (const line of lastWords(name, file, isWritten)) console.log(line)
  return 0
}

async function askConnector(questions: Questions | undefined): Promise<string> {
  const { listConnectors } = await import('../../../extract-load/index.js')
  const sources = listConnectors().filter((one) => one.kind === 'source')
  if (!questions) throw missing('`--connector`', `Give --connector ${sources.map((one) => one.name).join(', or ')}`)
  return questions.choice(
    'Where do the data come from?',
    sources.map((one) => ({ label: one.name, note: one.description, value: one.name })),
  )
}

/** What the flags set, and what is asked for. An Airbyte connector tells its settings once it is known which one it is. */
async function settingsOf(
  engine: Engine,
  questions: Questions | undefined,
  connector: string,
  flags: readonly string[],
  before: Settings,
): Promise<Settings> {
  const signal = interruptSignal()
  const specOf = async (config: Settings) =>
    (await engine.sourceSpec({ connector, config }, { signal })).spec as SettingSchema
  const outer = await specOf({})
  let config = readSetFlags(flags, outer)
  if (questions) config = await askSettings(questions, outer, config, before)
  const spec = await specOf(config)
  if (JSON.stringify(spec) !== JSON.stringify(outer)) {
    // Now it is known what each value of a flag must be.
    config = { ...config, ...readSetFlags(flags, spec) }
    if (questions) config = await askSettings(questions, spec, config, before)
  }
  const [lacking] = missingSettings(spec, config)
  if (lacking !== undefined)
    throw missing(
      `\`--set ${lacking}=…\``,
      `The ${connector} connector needs: ${missingSettings(spec, config).join(', ')}. \`millrace connectors show ${connector}\` describes them`,
    )
  return config
}

async function scheduleOf(
  asking: Questions | undefined,
  options: CreateOptions,
): Promise<ConnectionSchedule | undefined> {
  const { nextTicks } = await import('../../../orchestrate/index.js')
  const timezone = options.timezone ?? 'UTC'
  const problem = (cron: string) => {
    try {
      nextTicks(cron, timezone, new Date(), 1)
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
  const cron =
    options.cron ??
    (await asking?.text({
      label: 'Schedule',
      help: `Minute, hour, day of month, month, day of week (${timezone}): 0 4 * * * is every day at four. By hand only when left out.`,
      isOptional: true,
      problem,
    }))
  return cron ? { cron, timezone } : undefined
}

function lastWords(name: string, { file, missingVariables }: ConnectionFile, isWritten: boolean): string[] {
  const variables = missingVariables.map(
    (variable) => `${out.yellow('set')} ${variable} in the environment of Millrace: it holds a secret of \`${name}\`.`,
  )
  if (!isWritten) return ['Nothing was written.', ...variables]
  return [
    `${out.green('written')} ${file}`,
    ...variables,
    ...(variables.length > 0
      ? ['Until then the connection cannot be read; `millrace up` is started anew with it.']
      : []),
    `\nNext: millrace sync ${name}`,
  ]
}

async function checkError({ error, message }: CheckResult) {
  if (error) return errorFromJson(error)
  const { extractLoadErrors } = await import('../../../extract-load/index.js')
  return extractLoadErrors.create('SOURCE_CONFIG_REFUSED', {
    message: message ?? 'The source cannot be read with these settings.',
    hint: 'Nothing was written. Correct the settings and try again.',
  })
}

function missing(what: string, how: string) {
  return cliErrors.create('CLI_USAGE', {
    message: `${what.charAt(0).toUpperCase()}${what.slice(1)} is missing.`,
    hint: `Without a terminal nothing is asked. ${how}.`,
  })
}
