import { Option } from 'commander'
import type { Metadata } from '../../../orchestrate/index.js'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'

interface ReportOptions extends GlobalOptions {
  readonly metadata?: string
  readonly dataVersion?: string
  readonly partition?: string
}

export const report: CommandDefinition = {
  name: 'report',
  arguments: [['<key>', 'the asset']],
  summary: 'Note that somebody else made an asset: what reads it is stale, and conditions see it',
  options: [
    new Option('--metadata <json>', 'what is known of it, as JSON: {"rows": 3}'),
    new Option('--data-version <text>', 'where it is the one of before, nothing changed for what reads the asset'),
    new Option('--partition <keys>', 'which partitions, of an asset that has some'),
  ],
  examples: [
    ['millrace assets report raw/prices --data-version 17', 'others loaded it'],
    ['millrace assets report raw/prices --metadata \'{"rows": 3}\'', 'and so many rows'],
  ],
  json: '{asset}',
  async run(key: string, options: ReportOptions) {
    const [{ systemClock }, { reportAsset }] = await Promise.all([
      import('../../../base/index.js'),
      import('../../../orchestrate/index.js'),
    ])
    const metadata = options.metadata === undefined ? undefined : await metadataOf(options.metadata)
    return withQueue(options, async ({ engine, store, access }) => {
      const { dataVersion, partition: partitions } = options
      const made = { asset: key, metadata, dataVersion, partitions }
      const definitions = await engine.definitions()
      await audited(access, { action: 'assets report', what: key }, () =>
        reportAsset(store, definitions, made, systemClock.now()),
      )
      console.log(options.json ? JSON.stringify({ asset: key }) : `Noted that ${key} was made.`)
      return 0
    })
  },
}

/** @throws CLI_USAGE */
async function metadataOf(text: string): Promise<Metadata> {
  const [{ metadataSchema }, { cliErrors }] = await Promise.all([
    import('../../../server/index.js'),
    import('../../errors.js'),
  ])
  try {
    return metadataSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw cliErrors.create('CLI_USAGE', {
      message: `--metadata ${text} is no metadata.`,
      hint: 'It is an object of values as JSON: {"rows": 3, "source": {"type": "url", "url": "https://…"}}.',
      cause,
    })
  }
}
