/** Paths into data as the Python library dpath has them: keys, places of lists, globs in each segment, and `**`. */
export { compileDelete, deleteLeaves } from './delete.js'
export { compileGet, compileValues } from './read.js'
export { setKey, setPath } from './set.js'
export { isList, isPlainMapping, type PathSegment } from './step.js'
