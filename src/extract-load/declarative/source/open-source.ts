import '../components/all.js'
import { buildScope } from '../build.js'
import type { Mapping, SourceServices } from '../contract.js'
import { interpolationOf } from '../interpolation/index.js'
import { checkSource } from './check-source.js'
import type { DeclarativeSource, SourceRequest } from './contract.js'
import { describeStream } from './describe-stream.js'
import { readSource } from './read-source.js'
import { StreamCatalog } from './stream-catalog.js'

/** What a check is that does not say. */
const typedCheck = { type: 'CheckStream' }

/** A manifest with a config. @throws MANIFEST_CONFIG_INVALID where the config does not fit */
export function openSource({ manifest, config: given, services }: SourceRequest): DeclarativeSource {
  const { root } = manifest
  const scopeWith = (config: Mapping) =>
    buildScope({ config, interpolation: interpolationOf(config, services), services })
  const prepared = preparedConfig(given)
  const { config } = prepared
  /** The settings that a migration made are kept before anything is done with them. */
  let isTold = prepared.migrated === undefined
  const tellMigration = async (say: SourceServices['say']) => {
    if (isTold || !prepared.migrated) return
    isTold = true
    await say({ type: 'control', config: prepared.migrated })
  }
  return {
    config,
    check: async () => {
      await tellMigration(services.say)
      const check = scopeWith(config).build('check', { ...typedCheck, ...(root.check as Mapping) })
      return checkSource(root, check, (overrides) => {
        prepared.validate()
        return new StreamCatalog(root, { ...config, ...overrides }, services)
      })
    },
    discover: async (names) => {
      await tellMigration(services.say)
      prepared.validate()
      const catalog = new StreamCatalog(root, config, services)
      const all = await catalog.all()
      const wanted = names ? all.filter((stream) => names.includes(stream.name)) : all
      const described = []
      for (const stream of catalog.build(wanted, all)) described.push(await describeStream(stream))
      return described
    },
    read: (streams) =>
      readSource({
        streams,
        services,
        open: async (inner) => {
          await tellMigration(inner.say)
          prepared.validate()
          return new StreamCatalog(root, config, inner, streams)
        },
        root,
      }),
  }
}

interface PreparedConfig {
  readonly config: Mapping
  /** Only where migrations changed it. */
  readonly migrated: Mapping | undefined
  validate(): void
}

const preparedConfig = (config: Mapping): PreparedConfig => ({ config, migrated: undefined, validate: () => {} })
