/** What is left to a person, in the order in which it is told. */
export const sections = {
  first: 'First',
  there: 'Before anything runs here: switch off in Dagster',
  code: 'Assets whose code has to be written',
  missing: 'Streams and models that are not in the project yet',
  checks: 'Checks',
  schedules: 'Schedules',
  sensors: 'Sensors',
  jobs: 'Jobs of ops',
  partitions: 'Partitions',
  automation: 'Conditions and freshness',
  resources: 'Resources',
  limits: 'Limits, for millrace.yaml',
  locations: 'Code locations that could not be loaded in Dagster',
} as const
