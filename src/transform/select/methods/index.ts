import type { MethodName } from '../selection.js'
import { fileMethod, pathMethod } from './files.js'
import type { SelectorMethod } from './method.js'
import { fqnMethod, namedResourceMethod, packageMethod, sourceMethod } from './names.js'
import {
  accessMethod,
  configMethod,
  groupMethod,
  resourceTypeMethod,
  tagMethod,
  testNameMethod,
  testTypeMethod,
  versionMethod,
} from './properties.js'

import { resultMethod, sourceStatusMethod } from './results.js'
import { stateMethod } from './state.js'

export type { MethodScope, OnLargeSeed, SelectorMethod } from './method.js'

/** `selector:` is not here: it runs a whole selection. */
export const methods: Readonly<Record<Exclude<MethodName, 'selector'>, SelectorMethod>> = {
  fqn: fqnMethod,
  tag: tagMethod,
  group: groupMethod,
  access: accessMethod,
  source: sourceMethod,
  path: pathMethod,
  file: fileMethod,
  package: packageMethod,
  config: configMethod,
  test_name: testNameMethod,
  test_type: testTypeMethod,
  resource_type: resourceTypeMethod,
  state: stateMethod,
  exposure: namedResourceMethod('exposure'),
  metric: namedResourceMethod('metric'),
  result: resultMethod,
  source_status: sourceStatusMethod,
  version: versionMethod,
  semantic_model: namedResourceMethod('semantic_model'),
  saved_query: namedResourceMethod('saved_query'),
  unit_test: namedResourceMethod('unit_test'),
}
