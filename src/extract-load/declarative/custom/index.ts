/** Components of a manifest that its author wrote in TypeScript, in the place of classes of Python. */
import './custom-types.js'

export {
  type CustomComponent,
  type CustomComponents,
  noCustomComponents,
} from './custom-components.js'
export { loadCustomComponents } from './load-custom-components.js'
