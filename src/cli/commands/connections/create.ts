import { Option } from 'commander'
import { errorFromJson } from '../../../base/index.js'
import type {
  CheckResult,
  ConfiguredStream,
  ConnectionDraft,
  ConnectionFile,
  ConnectionSchedule,
  DiscoveredStream,
  SchemaChangePolicy,
} from '../../../extract-load/index.js'
import type { Engine, OfferedStreams } from '../../../platform/index.js'
import { audited, whoAmI } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { askSettings } from '../../new-connection/ask-settings.js'
import { type ChosenDestination, destinationFor, usualSchema } from '../../new-connection/choose-destination.js'
import { askModes, askStreams, namedStreams } from '../../new-connection/choose-streams.js'
import { readSetFlags, undeclaredSettings } from '../../new-connection/set-flags.js'
import { missingSettings, type SettingSchema, type Settings } from '../../new-connection/setting-schema.js'
import {
  collect,
  flaggedStreams,
  type StreamFlags,
  streamFlagIn,
  streamOptions,
} from '../../new-connection/stream-flags.js'
import { withEngine, withStore } from '../../open-project.js'
import { err, out } from '../../output/colors.js'
import { openQuestions, type Questions } from '../../questions.js'
import { allConnectors } from '../connectors/find-connector.js'

interface CreateOptions extends GlobalOptions, StreamFlags {
  readonly connector?: string
  readonly set?: readonly string[]
  readonly streams?: string
  readonly followStreams?: boolean
  readonly destination?: string
  readonly destinationSet?: readonly string[]
  readonly schema?: string
  readonly prefix?: string
  readonly cdcDeletes?: 'hard' | 'soft'
  readonly schemaChanges?: SchemaChangePolicy
  readonly cron?: string
  readonly timezone?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export const create: CommandDefinition = {
  name: 'create',
  arguments: [['[name]', 'what it is called; its file is too']],
  summary: 'Make a connection: check its source, choose streams, write its file',
  details:
    'Asks at the terminal for what the flags leave open. Without a terminal nothing is asked: what is needed and missing is an error. Secrets stand in no file: it names each, `${SHOP_PASSWORD}`, and what was given is kept encrypted in the metadata store (`millrace secrets`).',
  options: [
    new Option('--connector <name>', 'the source, as `millrace connectors` lists them'),
    new Option('--set <setting=value>', 'a setting of the source; deeper ones with dots; may be repeated').argParser(
      collect,
    ),
    new Option('--streams <names>', 'which to load, separated by commas, or `all`'),
    new Option('--follow-streams', 'load all, and new ones as they come; each by full refresh'),
    new Option('--destination <name>', 'where to load: the warehouse when left out'),
    new Option('--destination-set <setting=value>', 'a setting of that destination; may be repeated').argParser(
      collect,
    ),
    new Option(
      '--schema <schema>',
      `the schema of the tables, in which \${SOURCE_NAMESPACE} is that of the source (default: ${usualSchema})`,
    ),
    new Option('--prefix <prefix>', 'put before the name of each table'),
    ...streamOptions,
    new Option('--cdc-deletes <how>', 'rows that a source of changes (CDC) deletes leave the table, or stay').choices([
      'hard',
      'soft',
    ]),
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
      "millrace connections create crm --connector mysql --set host=db --set database=crm --set username=reader --set 'password=${CRM_PASSWORD}' --streams people,notes --key people=id --cursor people=updated_at --mapper 'people={ type: hashing, field: email }' --table people=contacts",
      'one stream with a key, a cursor, a hashed field and a table of its own',
    ],
    [
      'millrace connections create demo --connector faker --streams all --destination file --destination-set path=exports',
      'sample data, into files',
    ],
  ],
  json: '{name, file, yaml, newSecrets, places, isWritten}; nothing is asked',
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
  const connector = options.connector ?? (await askConnector(questions, options))
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
  const destinationSpec = destination.info.spec as SettingSchema
  warn(undeclaredSettings(options.destinationSet ?? [], destinationSpec, 'destination'))
  const signal = interruptSignal()

  let draft: ConnectionDraft
  let before: Settings = {}
  for (;;) {
    const config = await settingsOf(engine, questions, connector, options.set ?? [], before)
    before = config
    draft = { name, source: { connector, config }, destination: destination.draft, streams: [] }
    const check = await engine.checkDraft(draft, { signal })
    // Where nobody is asked again, the error says it.
    if (questions || check.status === 'succeeded') tell(checkLine(check, 'The source can be read.'))
    for (const warning of check.warnings ?? []) console.error(`  ${err.yellow('warn')} ${warning}`)
    if (check.status === 'succeeded') break
    if (!questions || !(await questions.yes('Give the settings again?', true))) throw await checkError(check)
  }
  // What cannot be reached now may be when the first sync comes.
  if (destination.info.isWarehouse) tell(checkLine(await engine.checkDraftDestination(draft, { signal }), ''))
  const discovered = await engine.discoverDraft(draft, { signal })
  const chosen = await chooseStreams(questions, discovered, options, name)
  const streams = chosen && (await configureStreams(asking, chosen, { name, destination, options }))
  const schemaChanges = streams ? options.schemaChanges : 'propagate_fully'
  draft = { ...draft, streams: streams ?? [], schemaChanges, schedule: await scheduleOf(asking, options) }

  const file = await engine.previewConnection(draft, { signal })
  tell(`\n${out.dim(`# ${file.file}`)}\n${file.yaml}`)
  if (file.newSecrets.length > 0)
    tell(`${out.dim('Kept encrypted in the metadata store:')} ${file.newSecrets.join(', ')}`)
  const isWritten = !options.dryRun && (!asking || (await asking.yes(`Write ${file.file}?`, true)))
  const made = isWritten ? await write(engine, draft, file, options) : file
  if (options.json) console.log(JSON.stringify({ name, ...made, isWritten }))
  else for (const line of lastWords(name, made, isWritten)) console.log(line)
  return 0
}

/** The audit log tells of secrets that are kept with it. */
async function write(engine: Engine, draft: ConnectionDraft, previewed: ConnectionFile, options: GlobalOptions) {
  const make = () => engine.createConnection({ ...draft, by: whoAmI() }, { signal: interruptSignal() })
  if (previewed.newSecrets.length === 0) return make()
  const entry = { action: 'connections create', what: draft.name }
  // As they are called in the end: somebody may have taken a name meanwhile.
  const named = ({ newSecrets }: ConnectionFile) => `with secrets ${newSecrets.join(', ')}`
  return withStore(options, (_, access) => audited(access, entry, make, named))
}

/** Undefined: whatever the source has. */
async function chooseStreams(
  questions: Questions | undefined,
  { streams, canFollow }: OfferedStreams,
  options: CreateOptions,
  connection: string,
): Promise<readonly DiscoveredStream[] | undefined> {
  if (options.followStreams) {
    refuseOthers(canFollow, options)
    return undefined
  }
  if (options.streams !== undefined) return namedStreams(options.streams, streams, connection)
  if (!questions)
    throw missing(
      '`--streams`',
      `Give --streams all, or some of: ${streams.map((stream) => stream.name).join(', ') || 'none'}`,
    )
  const chosen = await askStreams(questions, streams)
  const mayFollow = canFollow && chosen.length === streams.length && streamFlagIn(options) === undefined
  return mayFollow && (await questions.yes('Also those that come later, all by full refresh?', false))
    ? undefined
    : chosen
}

/** @throws CLI_USAGE where streams cannot be followed, or something is said of them that does not hold then */
function refuseOthers(canFollow: boolean, options: CreateOptions): void {
  if (!canFollow)
    throw cliErrors.create('CLI_USAGE', {
      message: 'The settings of this source name its streams: there are no others that could come.',
      hint: 'Use --streams all instead of --follow-streams.',
    })
  const { streams, schemaChanges = 'propagate_fully' } = options
  const other =
    streams === undefined
      ? schemaChanges === 'propagate_fully'
        ? streamFlagIn(options)
        : '--schema-changes'
      : '--streams'
  if (other === undefined) return
  throw cliErrors.create('CLI_USAGE', {
    message: `\`--follow-streams\` takes every stream as it comes, by full refresh: \`${other}\` says otherwise.`,
    hint: 'Leave one of them out.',
  })
}

async function configureStreams(
  asking: Questions | undefined,
  chosen: readonly DiscoveredStream[],
  { name, destination, options }: { name: string; destination: ChosenDestination; options: CreateOptions },
): Promise<readonly ConfiguredStream[]> {
  const { modes } = destination.info
  const proposed = await flaggedStreams(chosen, options, { connection: name, modes })
  return asking ? askModes(asking, chosen, proposed, destination.info) : proposed
}

const checkLine = ({ status, message }: CheckResult, otherwise: string) =>
  `${status === 'succeeded' ? out.green('ok    ') : out.red('failed')} ${message ?? otherwise}`

/** Those that were added to the project come first. */
async function askConnector(questions: Questions | undefined, options: GlobalOptions): Promise<string> {
  const sources = (await allConnectors(options)).filter((one) => one.kind === 'source')
  if (!questions) throw missing('`--connector`', `Give --connector ${sources.map((one) => one.name).join(', or ')}`)
  return questions.choice(
    'Where do the data come from?',
    sources.map((one) => ({ label: one.name, note: one.description, value: one.name })),
  )
}

const warn = (warnings: readonly string[]) => {
  for (const warning of warnings) console.error(`${err.yellow('warning')} ${warning}`)
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
  warn(undeclaredSettings(flags, spec))
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

function lastWords(name: string, { file, newSecrets }: ConnectionFile, isWritten: boolean): string[] {
  if (!isWritten) return ['Nothing was written.']
  return [
    `${out.green('written')} ${file}`,
    ...newSecrets.map(
      (secret) => `${out.green('kept')}    ${secret}, encrypted; change it with \`millrace secrets set ${secret}\``,
    ),
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
