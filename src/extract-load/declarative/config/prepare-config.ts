import { didYouMean, isMapping, registerSecret } from '../../../base/index.js'
import { secretValues } from '../../connections/secrets/secret-values.js'
import { buildScope } from '../build.js'
import type { Mapping, SourceServices } from '../component-contract.js'
import type { ConfigRules } from '../components/config/rules.js'
import { failure } from '../failure.js'
import { interpolationOf } from '../interpolation/index.js'
import type { Manifest } from '../source/declarative-source.js'
import { deepCopy } from '../values/deep-copy.js'
import { isEqual } from '../values/index.js'
import { jsonSchemaCheck } from './json-schema-check.js'

export interface PreparedConfig {
  /** After migrations and transformations. */
  readonly config: Mapping
  /** The whole config after its migrations, where they changed it: to be kept. */
  readonly migrated: Mapping | undefined
  /** Holds it against the spec. @throws MANIFEST_CONFIG_INVALID, a config_error */
  checkAgainstSpec(): void
  /** What the manifest itself wants of it, asked before streams are built. @throws MANIFEST_CONFIG_INVALID */
  validate(): void
}

/** Of tests of Airbyte's own: they are in no spec. */
const internalSettings = new Set(['_limit', '_page_size'])

/** Does with a config what the manifest says, in the order of the CDK. Its secrets are masked from now on. */
export function prepareConfig(manifest: Manifest, given: Mapping, services: SourceServices): PreparedConfig {
  registerSecrets(manifest, given)
  const own = deepCopy(given) as Mapping
  // A change below a setting is none to the CDK, which compares the copy with what it shares its inside with.
  const config: Record<string, unknown> = { ...own }
  const rules = rulesOf(manifest, config, services)
  const hasConfig = Object.keys(config).length > 0
  if (hasConfig) for (const migration of rules.migrations) migration.transform(config)
  const migrated = isEqual(config, own) ? undefined : (deepCopy(config) as Mapping)
  if (hasConfig) for (const transformation of rules.transformations) transformation.transform(config)
  registerSecrets(manifest, config)
  return {
    config,
    migrated,
    checkAgainstSpec: () => checkAgainstSpec(manifest, config),
    validate: () => {
      for (const validation of rules.validations) validation.validate(config)
    },
  }
}

function registerSecrets({ spec }: Manifest, config: Mapping): void {
  for (const secret of secretValues(spec, config)) registerSecret(secret)
}

const noRules: ConfigRules = { migrations: [], transformations: [], validations: [] }

/** Its templates see the config as it is changed. */
function rulesOf({ root, custom }: Manifest, config: Mapping, given: SourceServices): ConfigRules {
  if (!root.spec) return noRules
  const services = { ...given, custom }
  return buildScope({ config, interpolation: interpolationOf(config, services), services }).build('spec', root.spec)
}

function checkAgainstSpec({ spec, file }: Manifest, config: Mapping): void {
  const settings = Object.fromEntries(Object.entries(config).filter(([name]) => !internalSettings.has(name)))
  const problem = jsonSchemaCheck(spec)(settings)
  if (problem === undefined) return
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `Config validation error: ${problem}.${misspelled(spec, settings)}`,
    hint: `Compare the settings with what the spec of ${file} says of them.`,
    failureType: 'config_error',
  })
}

/** Settings that the spec does not have, and that come near one that was not given: what is missing was meant by them. */
function misspelled({ properties }: Manifest['spec'], settings: Mapping): string {
  if (!isMapping(properties)) return ''
  const free = Object.keys(properties).filter((name) => !Object.hasOwn(settings, name))
  return Object.keys(settings)
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => [name, didYouMean(name, free)] as const)
    .map(([name, meant]) => (meant === undefined ? '' : ` There is no setting \`${name}\`. ${meant}`))
    .join('')
}
