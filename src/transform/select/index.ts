export { type SelectOptions, selectNodes } from './select-nodes.js'
export { commandResourceTypes, type IndirectSelection } from './selection.js'
export { isIndirect, readSelectors, shownSelector, type YamlSelector } from './yaml-selectors.js'
