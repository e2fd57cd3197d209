import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import { defineComponent } from '../../component.js'
import { jsonSchemaCheck } from '../../config/json-schema-check.js'
import { failure } from '../../failure.js'
import { readJson } from '../../values/index.js'

/** A JSON Schema that a value must hold to; a text is read as JSON for it. */
export const validateAdheresToSchema = defineComponent({
  type: 'ValidateAdheresToSchema',
  kind: 'validation_strategy',
  schema: z.looseObject({ base_schema: z.union([z.looseObject({}), z.string()]) }),
  build({ base_schema: schema }, { interpolation }) {
    const evaluated = interpolation.value(schema)
    return {
      validate(value) {
        const rules = evaluated()
        if (!isMapping(rules)) throw invalid('`base_schema` of ValidateAdheresToSchema is no JSON Schema.')
        const problem = jsonSchemaCheck(rules)(typeof value === 'string' ? parsed(value) : value)
        if (problem !== undefined) throw invalid(`A setting is not as the manifest wants it: ${problem}.`)
      },
    }
  },
})

function parsed(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    throw invalid('A setting is not as the manifest wants it: it is no JSON.')
  }
}

const invalid = (message: string): Error =>
  failure('MANIFEST_CONFIG_INVALID', {
    message,
    hint: "Correct the connector's settings.",
    failureType: 'system_error',
  })
