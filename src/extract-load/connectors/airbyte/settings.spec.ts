import { describe } from 'vitest'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { sourceSettingsSchema, sourceSettingsSpec } from './settings.js'

describe('spec of an Airbyte source', () =>
  holdsToSchema(sourceSettingsSpec as unknown as SpecObject, sourceSettingsSchema, {}))
