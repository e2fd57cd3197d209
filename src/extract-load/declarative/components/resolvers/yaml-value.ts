import { readYamlValue } from '../../values/index.js'

/** A text as YAML has it; one that is no YAML stays. */
export function yamlValue(text: string): unknown {
  try {
    return readYamlValue(text)
  } catch {
    return text
  }
}
