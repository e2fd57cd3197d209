import { readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { Option } from 'commander'
import { isMapping, readYaml } from '../../../base/index.js'
import type { Connection, KeptSettings, ManifestPreview } from '../../../extract-load/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { readSetFlags, undeclaredIn } from '../../new-connection/set-flags.js'
import type { SettingSchema } from '../../new-connection/setting-schema.js'
import { collect } from '../../new-connection/stream-flags.js'
import { words } from '../../new-connection/stream-words.js'
import { openProject, stackOptions } from '../../open-project.js'
import { positiveInteger } from '../../option-values.js'
import { err } from '../../output/colors.js'
import { previewText } from '../../output/preview-text.js'
import { connectionsFolder, type ProjectFiles, projectFiles } from '../../project-files.js'

interface PreviewOptions extends GlobalOptions {
  readonly config?: string
  readonly set?: readonly string[]
  readonly stream?: readonly string[]
  readonly state?: string
  readonly limit: number
  readonly pages: number
  readonly slices: number
  readonly allowPrivateAddresses?: boolean
}

export const preview: CommandDefinition = {
  name: 'preview',
  arguments: [['<connector>', 'one that was added to the project, or the path of a manifest']],
  summary: "Read a manifest's first records, and show what was asked and answered for them",
  details:
    "Nothing is loaded, and no state is kept. Secrets are masked in what is shown. A setting may name a variable of the environment, or a secret of the project, in quotes that keep it from the shell: --set 'token=${SHOP_TOKEN}'.",
  options: [
    new Option('--config <file>', 'its settings, as JSON or YAML'),
    new Option('--set <setting=value>', 'one setting; deeper ones with dots; may be repeated').argParser(collect),
    new Option('--stream <names...>', 'only these streams, separated by commas or spaces'),
    new Option('--state <file>', 'from where streams go on: {"<stream>": {…}}, or messages of Airbyte'),
    new Option('--limit <n>', 'at most this many records of each stream').argParser(positiveInteger).default(10),
    new Option('--slices <n>', 'at most this many slices of each stream').argParser(positiveInteger).default(2),
    new Option('--pages <n>', 'at most this many pages of each slice').argParser(positiveInteger).default(2),
    new Option('--allow-private-addresses', 'also for a manifest that came from outside the project'),
  ],
  examples: [
    ["millrace connectors preview shop --set 'token=${SHOP_TOKEN}' --stream orders", 'to read'],
    ['millrace connectors preview ./manifest.yaml --config config.json --json', 'a manifest that is being written'],
  ],
  json: '{streams: [{stream, schema, records, begin?, state?, error?, exchanges}], exchanges, logs}, an exchange being {request, response?, slice?, isAuxiliary}',
  async run(named: string, options: PreviewOptions) {
    const { givenStates, previewSource } = await import('../../../extract-load/index.js')
    const files = projectFiles(options.projectDir ?? process.cwd())
    const source = await sourceOf(named, files, options)
    const shown = await previewSource(
      source,
      {
        projectDir: files?.dir ?? process.cwd(),
        folder: files && connectionsFolder(files),
        env: files ? await variablesOf(source, options) : process.env,
        kept: changedSettings(options),
        signal: interruptSignal(),
      },
      {
        streams: options.stream?.flatMap(words),
        states: options.state === undefined ? undefined : givenStates(readFile(options.state)),
        limits: { records: options.limit, slices: options.slices, pagesPerSlice: options.pages },
      },
    )
    console.log(options.json ? JSON.stringify(shown) : previewText(shown))
    return hasFailed(shown) ? 1 : 0
  },
}

/** The environment, and what the project keeps of that which the settings name: it is opened only for that. */
async function variablesOf({ config }: Connection['source'], options: GlobalOptions) {
  const { variablesIn } = await import('../../../extract-load/index.js')
  if (variablesIn(config).every((name) => process.env[name] !== undefined)) return process.env
  const { variablesNamedIn } = await import('../../../platform/index.js')
  return (await variablesNamedIn(await openProject(options), [config], stackOptions())).env
}

/**
 * An API may give new tokens in the place of those of the config, which are worth nothing then: they are written beside it, and whoever
 * previews again uses that file.
 */
const changedSettings = ({ config = 'preview.json' }: PreviewOptions): KeptSettings => ({
  read: async () => undefined,
  write: async (text) => {
    const path = `${config.replace(/\.(?:json|ya?ml)$/, '')}.changed.json`
    await writeFile(path, JSON.stringify((JSON.parse(text) as { config: unknown }).config, null, 2), { mode: 0o600 })
    console.error(`The API changed the settings (new tokens): they are in ${path} now. Use them from here on.`)
  },
})

const hasFailed = ({ streams }: ManifestPreview) => streams.some(({ error }) => error !== undefined)

/** The source that is meant: a connector of the project by its name, a manifest by its path. */
async function sourceOf(
  named: string,
  files: ProjectFiles | undefined,
  { config, set = [], allowPrivateAddresses }: PreviewOptions,
): Promise<Connection['source']> {
  const { sourceSpec } = await import('../../../extract-load/index.js')
  const path = resolve(named)
  const isPath = /[\\/]|\.ya?ml$/.test(named)
  if (isPath && !statSync(path, { throwIfNoEntry: false })?.isFile())
    throw cliErrors.create('CLI_USAGE', {
      message: `There is no manifest at ${named}.`,
      hint: 'Name the file, or a connector that was added by its name.',
    })
  const outer: Connection['source'] = isPath
    ? { connector: 'declarative', config: { manifest: path } }
    : { connector: named, config: {} }
  const place = { dir: process.cwd(), folder: files ? connectionsFolder(files) : process.cwd(), env: process.env }
  const { spec } = await sourceSpec(outer, place)
  const schema = (isPath ? (spec.properties as { config: object }).config : spec) as SettingSchema
  const settings = {
    ...(config === undefined ? {} : settingsIn(config)),
    ...readSetFlags(set, schema),
  }
  for (const warning of undeclaredIn(settings, schema)) console.error(`${err.yellow('warning')} ${warning}`)
  const guard = allowPrivateAddresses ? { allows_private_addresses: true } : {}
  const own = isPath ? { ...outer.config, config: settings } : settings
  return { ...outer, config: { ...own, ...guard } }
}

function settingsIn(file: string): Readonly<Record<string, unknown>> {
  const value = readFile(file)
  if (isMapping(value)) return value
  throw cliErrors.create('CLI_USAGE', {
    message: `${relative(process.cwd(), resolve(file))} holds no settings.`,
    hint: 'Write them as JSON or YAML: {"token": "…"}.',
  })
}

function readFile(file: string): unknown {
  try {
    return readYaml(readFileSync(file, 'utf8'), file).value
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw cliErrors.create('CLI_USAGE', { message: `There is no file ${file}.`, hint: 'Check the path.' })
  }
}
