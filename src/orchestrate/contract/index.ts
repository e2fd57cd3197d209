/**
 * The orchestrate role's model: assets, checks, steps, runs, events, automation, and the ports through which it is
 * stored (implemented by `metastore`) and executed (implemented by `platform`). It knows neither EL nor dbt.
 */
export * from './automation.js'
export * from './backfills.js'
export * from './condition-evaluations.js'
export * from './conditions.js'
export * from './connection-events.js'
export * from './definitions.js'
export * from './deliveries.js'
export * from './events.js'
export * from './figures.js'
export * from './metadata.js'
export * from './names.js'
export * from './partitions.js'
export * from './processes.js'
export * from './run-launcher.js'
export * from './runs.js'
export * from './sensor-news.js'
export * from './steps.js'
export * from './store.js'
export * from './told-of.js'
export * from './webhooks.js'
