export type * from './contract.js'
export { type AnalysisCache, type CompiledSql, ProjectLineage } from './project-lineage.js'
export { compiledOnce, compileReading, readLineage } from './read-lineage.js'
export {
  columnNamed,
  type FieldEdge,
  type FieldTrace,
  type FieldUses,
  fieldUses,
  type TraceDirection,
  traceField,
} from './trace.js'
