/** Values as Python has them, and JSON that keeps them. */
export { equals as isEqual, truthy as isTruthy } from '../../../jinja/index.js'
export { NoJsonValue } from './no-json-value.js'
export { readJson } from './read-json.js'
export { readYamlValue } from './read-yaml-value.js'
export { writeJson } from './write-json.js'
