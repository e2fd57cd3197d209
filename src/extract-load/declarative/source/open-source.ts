import '../components/all.js'
import { registerSecret } from '../../../base/index.js'
import { secretValues } from '../../connections/secrets/secret-values.js'
import { buildScope } from '../build.js'
import type { Mapping, SourceServices } from '../component-contract.js'
import { prepareConfig } from '../config/index.js'
import { interpolationOf } from '../interpolation/index.js'
import { checkSource, failedCheck } from './check-source.js'
import type { DeclarativeSource, SourceRequest } from './declarative-source.js'
import { describeStream } from './describe-stream.js'
import { KnownStreams } from './known-streams.js'
import { readSource } from './read-source.js'
import { StreamCatalog } from './stream-catalog.js'

/** A manifest with a config. @throws MANIFEST_CONFIG_INVALID where the manifest cannot make of the config what it wants */
export function openSource({ manifest, config: given, services: outer }: SourceRequest): DeclarativeSource {
  const { root } = manifest
  const services = { ...outer, custom: manifest.custom, locateTemplate: manifest.locateTemplate }
  const prepared = prepareConfig(manifest, given, services)
  const { config } = prepared
  const known = new KnownStreams()
  let isTold = prepared.migrated === undefined
  /** Settings that a migration made are kept before anything is done with them. */
  const begin = async (say: SourceServices['say']) => {
    if (!isTold && prepared.migrated) await say({ type: 'control', config: prepared.migrated })
    isTold = true
    prepared.checkAgainstSpec()
  }
  const catalog = (overrides: Mapping = {}) => {
    prepared.validate()
    for (const secret of secretValues(manifest.spec, overrides)) registerSecret(secret)
    const isOwn = Object.keys(overrides).length === 0
    return isOwn
      ? new StreamCatalog({ root, config, services, known })
      : new StreamCatalog({ root, config: { ...config, ...overrides }, services, known: new KnownStreams() })
  }
  return {
    config,
    check: async () => {
      try {
        await begin(services.say)
      } catch (error) {
        return failedCheck(error)
      }
      const scope = buildScope({ config, interpolation: interpolationOf(config, services), services })
      return checkSource(root, scope.build('check', root.check), catalog)
    },
    names: async () => {
      await begin(services.say)
      return (await catalog().all()).map((stream) => stream.name)
    },
    discover: async (names, failed) => {
      await begin(services.say)
      const streams = catalog()
      const all = await streams.all()
      const wanted = names ? all.filter((stream) => names.includes(stream.name)) : all
      const described = []
      for (const stream of streams.build(wanted, all))
        try {
          described.push(await describeStream(stream))
        } catch (error) {
          if (!failed) throw error
          failed(stream.name, error)
        }
      return described
    },
    read: (streams) =>
      readSource({
        root,
        streams,
        services,
        open: async (inner) => {
          await begin(inner.say)
          prepared.validate()
          return new StreamCatalog({ root, config, services: inner, known, wanted: streams })
        },
      }),
  }
}
