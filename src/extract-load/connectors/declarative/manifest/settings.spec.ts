import { describe } from 'vitest'
import { holdsToSchema, type SpecObject } from '../../connector-spec.suite.js'
import { declarativeSettingsSchema, declarativeSettingsSpec } from './settings.js'

describe('spec of the declarative connector', () =>
  holdsToSchema(declarativeSettingsSpec as unknown as SpecObject, declarativeSettingsSchema, { manifest: 'shop.yaml' }))
