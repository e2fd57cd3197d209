import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'

export const configOverridesSchema = z.record(z.string(), z.unknown())

/** @throws where an override would outlive the check: a token that is renewed takes the whole config with it */
export function refuseLastingOverrides(overrides: Mapping, root: Mapping): void {
  const reserved = Object.keys(overrides).filter((name) => name.startsWith('__airbyte'))
  if (reserved.length > 0)
    throw refused(
      `The check overrides ${reserved.join(', ')}, which belong to Airbyte's platform.`,
      'Take them out of `config_overrides`.',
    )
  if (keepsConfig(root))
    throw refused(
      'The check overrides settings, and an authenticator of the manifest keeps the settings whenever it renews its token.',
      'Take `config_overrides` or `refresh_token_updater` away.',
    )
}

const keepers = new Set(['OAuthAuthenticator', 'CustomAuthenticator'])

function keepsConfig(definition: unknown): boolean {
  if (Array.isArray(definition)) return definition.some(keepsConfig)
  if (!isMapping(definition)) return false
  const updater = definition.refresh_token_updater
  if (updater !== undefined && updater !== null && keepers.has(String(definition.type))) return true
  return Object.values(definition).some(keepsConfig)
}

const refused = (message: string, hint: string): Error =>
  failure('MANIFEST_INVALID', { message, hint, failureType: 'system_error' })
