import { parsePythonValues } from '../../../base/index.js'

/** One value as PyYAML's `safe_load` reads it; of a date the text that Python prints. @throws any error of YAML's reader */
export const readYamlValue = (text: string): unknown => parsePythonValues(text, { float: (value) => value })
